"""The order that `mapping`, `json` and `predicate` work on, in three sizes."""

from __future__ import annotations

import json

ITEMS = {"1k": 8, "10k": 145, "100k": 1_450}

# Around both edges of the condition `total > 100.0 && country in ['DE', 'FR']`.
TOTALS = [(356.75, "DE"), (99.5, "DE"), (100.0, "FR"), (100.01, "FR"), (5000.0, "US"), (12.0, "PL"), (250.0, "AT"), (777.7, "DE")]


def order(items: int, total: float = 356.75, country: str = "DE") -> bytes:
    return json.dumps(
        {
            "id": "ORD-2025-000123",
            "total": total,
            "currency": "eur",
            "country": country,
            "created": "2025-03-14T09:26:53Z",
            "priority": 3,
            "paid": True,
            "customer": {"id": 98765, "name": "Erika Mustermann", "email": "erika@example.com", "phone": "+49 30 1234567", "vip": False},
            "address": {"street": "Hauptstrasse 5", "city": "Berlin", "zip": "10115", "country": "DE"},
            "items": [{"sku": f"SKU-000{i}", "qty": i % 4, "price": round(19.99 + i, 2), "title": f"Widget no {i}"} for i in range(items)],
            "channel": "web",
            "tags": ["new", "eu", "retail"],
            "note": "".join(" " if i % 9 == 8 else chr(ord("a") + i % 26) for i in range(60)),
        },
        separators=(",", ":"),
    ).encode()


def orders() -> bytes:
    return b"[" + b",".join(order(ITEMS["1k"], total, country) for total, country in TOTALS) + b"]"


def mapped(items: int) -> dict:
    """What the mapping makes of it, worked out here: all sides could be wrong alike."""
    amounts = [round(19.99 + i, 2) * (i % 4) for i in range(items) if i % 4 > 0]
    total = 0.0
    for amount in amounts:
        total += amount
    return {
        "orderId": "ORD-2025-000123",
        "total": 356.75,
        "currency": "EUR",
        "country": "DE",
        "date": "14.03.2025",
        "priority": 3,
        "paid": True,
        "customerId": 98765,
        "customerName": "ERIKA MUSTERMANN",
        "email": "erika@example.com",
        "phone": "+49 30 1234567",
        "vip": False,
        "street": "Hauptstrasse 5",
        "city": "Berlin",
        "zip": "10115",
        "shipTo": "Hauptstrasse 5, 10115 Berlin",
        "itemCount": len(amounts),
        "amounts": amounts,
        "itemsTotal": total,
        "channel": "WEB",
    }
