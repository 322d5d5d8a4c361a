from decimal import Decimal

from unikernal import UnikernalClient

client = UnikernalClient()


def refill(sku: str) -> None:
    """Calls by itself, as `worker:robot`: what it may is said of the role that has `workers: [robot]`."""
    client.call("shelf.changed", {"sku": sku, "name": "Lamp", "price": Decimal("19.90")})
