"""What is made of windows: pure functions, so that the tests can hold them to account."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

ROUNDS_FOR_A_CLAIM = 5


@dataclass(frozen=True)
class Window:
    """One measured stretch of one side."""

    units: int
    cpu_us: float
    wall_s: float
    failed: int = 0
    p50_us: float | None = None
    p99_us: float | None = None
    bytes: int | None = None
    heap_mb: int | None = None

    @property
    def cpu_per_unit(self) -> float:
        return self.cpu_us / self.units if self.units else float("inf")

    @property
    def units_per_s(self) -> float:
        return self.units / self.wall_s


@dataclass(frozen=True)
class Spread:
    least: float
    median: float
    most: float
    mad: float

    @property
    def noise(self) -> float:
        """The median distance from the median, as a share of it."""
        return self.mad / self.median if self.median else 0.0


def spread(values: list[float]) -> Spread:
    middle = statistics.median(values)
    return Spread(min(values), middle, max(values), statistics.median(abs(value - middle) for value in values))


def ratios(side: list[Window], reference: list[Window]) -> Spread:
    """CPU per unit against the reference's in the same round, so that what slows both does not count."""
    return spread([a.cpu_per_unit / b.cpu_per_unit for a, b in zip(side, reference, strict=True)])


def verdict(side: list[Window], reference: list[Window]) -> str:
    """A difference counts when every round agrees on its direction, and it is larger than the noise of both sides."""
    ratio = ratios(side, reference)
    noise = spread([w.cpu_per_unit for w in side]).noise + spread([w.cpu_per_unit for w in reference]).noise
    if ratio.least <= 1 <= ratio.most or abs(ratio.median - 1) <= noise:
        return "no difference shown"
    word = f"{ratio.median:.2f} times the CPU" if ratio.median > 1 else f"{1 / ratio.median:.2f} times less CPU"
    return word if len(side) >= ROUNDS_FOR_A_CLAIM else f"{word} (few rounds: an indication)"


def is_steady(costs: list[float], windows: int = 3, tolerance: float = 0.03) -> bool:
    """Whether a side has stopped to improve: its last windows lie within the tolerance of the least among them."""
    last = costs[-windows:]
    return len(last) == windows and max(last) <= min(last) * (1 + tolerance)
