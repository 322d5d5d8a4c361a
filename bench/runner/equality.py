"""Whether all sides do the same: their answers to the samples, JSON compared by value."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

SHOWN_CHARS = 160


class Unequal(Exception):
    """Sides that do not do the same must not be measured."""


def value(text: bytes | str) -> Any:
    """JSON by value: 12.5 is 12.50, the order of keys is nothing."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def require_equal(sample: str, answers: dict[str, Any]) -> None:
    """`answers` of one sample by side; the first side is what the others are held against."""
    (first, expected), *others = answers.items()
    for name, answer in others:
        if answer != expected:
            place, theirs, ours = difference(answer, expected)
            raise Unequal(f"{sample}: {name} gives {shown(theirs)}, but {first} gives {shown(ours)}{place and ' at ' + place}")


def difference(left: Any, right: Any, place: str = "") -> tuple[str, Any, Any]:
    """The first place where the two differ, and what each has there."""
    if isinstance(left, dict) and isinstance(right, dict):
        pairs = [(f"{place}.{key}".lstrip("."), left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)) and len(left) == len(right):
        pairs = [(f"{place}[{i}]", mine, other) for i, (mine, other) in enumerate(zip(left, right))]
    else:
        return place, left, right
    for inner, mine, other in pairs:
        if mine != other:
            return difference(mine, other, inner)
    return place, left, right


def shown(answer: Any) -> str:
    text = json.dumps(answer, default=str, sort_keys=True)
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"
