"""`expressions_10k`: what a reload costs, from texts to code, in one JVM; and whether anything of it stays."""

from __future__ import annotations

import json
from pathlib import Path

from runner import built, equality, processes
from runner.figures import Window

EXPRESSIONS = 10_000
SIDES = {"load": "10,000 distinct expressions from text to code, again and again", "mapping_20": "a mapping of 20 fields from its texts to code"}


class LoadingSide:
    def __init__(self, name: str, process: processes.Process):
        self.name, self.process = name, process
        self._seen: list[tuple[float, int]] = []
        self._units = 0

    @property
    def note(self) -> str:
        """Metaspace and classes at the least and the most after any window: they do not grow with the number of reloads."""
        megabytes, classes = zip(*self._seen)
        said = f"{SIDES[self.name]}; metaspace {megabytes[0]:.1f} MB after the first window, {min(megabytes):.1f} to {max(megabytes):.1f} in all"
        said += f"; {classes[0]:,} classes, {min(classes):,} to {max(classes):,}"
        return said + (f"; {self._units // EXPRESSIONS} reloads" if self.name == "load" else "")

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window {self.name} {seconds}"))
        self._seen.append((result["metaspace_kb"] / 1024, result["classes"]))
        self._units += result["units"]
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result["bytes"], heap_mb=result["heap_mb"])


class LoadingWorkload:
    unit = "expression"
    reference = "load"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder = name, folder
        self.sides: list[LoadingSide] = []

    def start(self) -> None:
        process = processes.Process("expressions", built.java("InProcess", "expressions", str(self._folder)), self._folder / "expressions.log", talks=True)
        self.sides = [LoadingSide(name, process) for name in SIDES]

    def check(self) -> int:
        for side in self.sides:
            equality.require_equal("wrong values", {side.name: equality.value(side.process.ask(f"answer {side.name}")), "none": equality.value("0")})
        return len(self.sides)

    def stop(self) -> None:
        if self.sides:
            self.sides[0].process.stop()
