import os
from dataclasses import dataclass
from decimal import Decimal


@dataclass
class Price:
    sku: str
    amount: Decimal
    from_: str  # a trailing underscore is dropped: `from` is a Python keyword


def price(sku: str) -> Price:
    return Price(sku, Decimal("9.99"), os.environ["REGION"])
