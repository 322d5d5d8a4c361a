"""`check`: definitions of 10 to 10,000 routes, each in a JVM of its own; a unit is a route, so that growth shows as a ratio.
`check_cold`: the same by the command line, a process each time."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from runner import built, equality, processes
from runner.figures import Window

SIZES = (10, 100, 1_000, 10_000)
SMALL_SIZES = (10, 100)


class CheckSide:
    note = ""

    def __init__(self, routes: int, process: processes.Process):
        self.name, self.routes, self.process = f"routes_{routes}", routes, process

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window check {seconds}"))
        self.note = f"{result['heap_mb']} MB of heap at most"
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result["bytes"], heap_mb=result["heap_mb"])


class CheckWorkload:
    """From the files to the plan, with 300 types and 50 files for each 1,000 routes."""

    unit = "route"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder, self.sizes = name, folder, SIZES
        self.sides: list[CheckSide] = []

    @property
    def reference(self) -> str:
        return f"routes_{self.sizes[min(2, len(self.sizes) - 1)]}"

    def shorten(self) -> None:
        self.sizes = SMALL_SIZES

    def start(self) -> None:
        for routes in self.sizes:
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


class ColdCheckSide:
    """`unikernal check` of a folder, as a user calls it: JVM start, AOT cache, compilation of hot code and all."""

    def __init__(self, routes: int, folder: Path):
        self.name, self.routes, self._folder = f"routes_{routes}", routes, folder
        self._peak_mb = 0.0

    @property
    def note(self) -> str:
        return "a process each time; RSS is the most that one had"

    def memory_mb(self) -> tuple[float, float]:
        """A process that has ended has no PSS."""
        return self._peak_mb, self._peak_mb

    def window(self, seconds: float) -> Window:
        begun = time.monotonic()
        cpu_s, units = 0.0, 0
        while units == 0 or time.monotonic() - begun < seconds:
            cpu_s += self.run()
            units += self.routes
        return Window(units, cpu_s * 1e6, time.monotonic() - begun)

    def run(self) -> float:
        """Its CPU seconds."""
        log = self._folder.with_suffix(".out")
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [str(built.LAUNCHER), "check", str(self._folder)], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said = log.read_text("utf-8", "replace").splitlines()[-processes.LOG_LINES_SHOWN :]
            raise processes.Broken("\n  ".join([f"check of {self.routes} routes failed", *said]))
        self._peak_mb = max(self._peak_mb, used.ru_maxrss / 1024)
        return used.ru_utime + used.ru_stime


class ColdCheckWorkload(CheckWorkload):
    """The JVMs of `check` write the definitions and count their routes, and end before anything is measured."""

    def check(self) -> int:
        samples = super().check()
        super().stop()
        self.sides = [ColdCheckSide(side.routes, self._folder / side.name) for side in self.sides]
        return samples

    def stop(self) -> None:
        if self.sides and isinstance(self.sides[0], CheckSide):
            super().stop()
