import itertools
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Iterator


@dataclass
class Tick:
    sku: str
    amount: Decimal


def ticks(sku: str, every_ms: int = 1000) -> Iterator[Tick]:
    """Prices for as long as somebody reads them."""
    try:
        for number in itertools.count():
            yield Tick(sku, Decimal("9.90") + Decimal(number) / 100)
            time.sleep(every_ms / 1000)
    finally:
        print(f"nobody watches {sku} any more")


def keep(tick: Tick) -> None:
    print(f"kept {tick.sku} at {tick.amount}")
