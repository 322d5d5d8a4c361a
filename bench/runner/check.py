"""`check`: definitions of 10 to 10,000 routes, each in a JVM of its own; a unit is a route, so that growth shows as a ratio."""

from __future__ import annotations

import json
from pathlib import Path

from runner import built, equality, processes
from runner.figures import Window

SIZES = (10, 100, 1_000, 10_000)


class CheckSide:
    note = ""

    def __init__(self, routes: int, process: processes.Process):
        self.name, self.routes, self.process = f"routes_{routes}", routes, process

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window check {seconds}"))
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result["bytes"])


class CheckWorkload:
    """From the files to the plan, with 300 types and 50 files for each 1,000 routes."""

    unit = "route"
    reference = "routes_1000"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder = name, folder
        self.sides: list[CheckSide] = []

    def start(self) -> None:
        for routes in SIZES:
            command = built.java("InProcess", "check", str(self._folder / f"routes_{routes}"), str(routes))
            process = processes.Process(f"check_{routes}", command, self._folder / f"{routes}.log", talks=True)
            self.sides.append(CheckSide(routes, process))

    def check(self) -> int:
        for side in self.sides:
            answer = equality.value(side.process.ask("answer check"))
            equality.require_equal("the routes of the plan", {side.name: answer, "written": equality.value(str(side.routes))})
        return len(self.sides)

    def stop(self) -> None:
        for side in self.sides:
            side.process.stop()
