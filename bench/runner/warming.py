"""Warming: until CPU per unit stops to improve, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from runner.figures import Window, is_steady


@dataclass(frozen=True)
class Warmth:
    """How a side was warmed. `steady` is False where the bound came first, which the report says."""

    windows: int
    steady: bool
    first: float
    last: float


def warm(window: Callable[[], Window], windows_max: int) -> Warmth:
    costs: list[float] = []
    while len(costs) < windows_max and not is_steady(costs):
        costs.append(window().cpu_per_unit)
    return Warmth(len(costs), is_steady(costs), costs[0], costs[-1])
