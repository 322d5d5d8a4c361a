"""The in-process workloads: the kernel beside plain calls, in one JVM that the runner asks for windows."""

from __future__ import annotations

import json
from pathlib import Path

from runner import built, equality, processes
from runner.figures import Window


class InProcessSide:
    note = ""

    def __init__(self, name: str, process: processes.Process):
        self.name, self.process = name, process

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window {self.name} {seconds}"))
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result["bytes"], heap_mb=result["heap_mb"])


class InProcessWorkload:
    """`inproc_pass`: through the kernel and out. `inproc_full`: read, check, rate limit, time-out, retry, five fields, write."""

    unit = "message"
    reference = "plain"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder = name, folder
        self.sides: list[InProcessSide] = []

    def start(self) -> None:
        kind = self.name.removeprefix("inproc_")
        command = built.java("InProcess", kind, str(built.WORKLOADS / f"{self.name}.udl.yaml"), str(built.WORKLOADS / "order.json"))
        process = processes.Process("inproc", command, self._folder / "inproc.log", talks=True)
        self.sides = [InProcessSide("unikernal", process), InProcessSide("plain", process)]

    def check(self) -> int:
        equality.require_equal("the order", {side.name: equality.value(side.process.ask(f"answer {side.name}")) for side in self.sides})
        return 1

    def stop(self) -> None:
        if self.sides:
            self.sides[0].process.stop()
