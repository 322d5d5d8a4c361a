"""One workload from start to stop: equal outputs or nothing, warm, then one window of each side in turn."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable

from runner import processes
from runner.figures import Window
from runner.warming import Warmth, warm


@dataclass(frozen=True)
class Effort:
    rounds: int
    seconds: float
    warm_seconds: float
    warm_windows_max: int


@dataclass(frozen=True)
class Measured:
    workload: str
    unit: str
    reference: str
    sides: list[str]
    notes: dict[str, str]
    windows: dict[str, list[Window]]
    warmth: dict[str, Warmth]
    memory_mb: dict[str, tuple[float, float]]
    load: tuple[float, float]
    samples: int


def memory_mb(side: Any) -> tuple[float, float]:
    """RSS and PSS of a side's processes; one whose processes have ended says it itself."""
    return side.memory_mb() if hasattr(side, "memory_mb") else processes.memory_mb(side.process.pid)


def measure(workload: Any, effort: Effort, progress: Callable[[str], None]) -> Measured:
    """Raises Unequal before anything is measured, when the sides do not do the same."""
    try:
        progress("starting")
        workload.start()
        progress("comparing outputs")
        samples = workload.check()
        warmth = {}
        for side in workload.sides:
            progress(f"warming {side.name}")
            warmth[side.name] = warm(lambda side=side: side.window(effort.warm_seconds), effort.warm_windows_max)
        load_before = os.getloadavg()[0]
        windows: dict[str, list[Window]] = {side.name: [] for side in workload.sides}
        for number in range(effort.rounds):
            progress(f"round {number + 1} of {effort.rounds}")
            for side in workload.sides:
                windows[side.name].append(side.window(effort.seconds))
        return Measured(
            workload.name,
            workload.unit,
            workload.reference,
            [side.name for side in workload.sides],
            {side.name: side.note for side in workload.sides},
            windows,
            warmth,
            {side.name: memory_mb(side) for side in workload.sides},
            (load_before, os.getloadavg()[0]),
            samples,
        )
    finally:
        workload.stop()
