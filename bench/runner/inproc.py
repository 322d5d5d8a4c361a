"""The in-process workloads: the kernel beside plain calls, Camel and Benthos, each in a process of its own that the runner asks for windows."""

from __future__ import annotations

import json
from pathlib import Path

from runner import built, equality, peers, processes
from runner.figures import Window

ORDER = built.WORKLOADS / "order.json"
NOTES = {
    "unikernal": "as a user has it: one message in 128 and all that fail are recorded",
    "unikernal-unrecorded": "the same, with the recording of decisions off",
    "plain": "by hand",
    "camel": "4.18: direct to direct on the measuring thread; hand-written checks and mapping; no time-out",
    "benthos": "4.70: generate to drop; its rate limit and retry; no time-out, breaker, check or caller",
}


class InProcessSide:
    def __init__(self, name: str, process: processes.Process, note: str = "", asked: str = ""):
        """`asked` is what the process calls the side, where that is not its name."""
        self.name, self.process, self.note, self._asked = name, process, note, asked or name

    def answer(self) -> object:
        return equality.value(self.process.ask(f"answer {self._asked}"))

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window {self._asked} {seconds}"))
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result["bytes"], heap_mb=result.get("heap_mb"))


class Together:
    """A workload whose sides answer the same, each from a process of its own."""

    unit = "message"
    sides: list[InProcessSide]

    def check(self) -> int:
        equality.require_equal("the order", {side.name: side.answer() for side in self.sides})
        return 1

    def stop(self) -> None:
        for side in self.sides:
            side.process.stop()


class InProcessWorkload(Together):
    """`inproc_pass`: through and out. `inproc_full`: a caller proved and let in, read, check, rate limit, time-out, breaker, retry, five fields, write."""

    reference = "plain"

    def __init__(self, name: str, folder: Path, others: list[str]):
        self.name, self._folder = name, folder
        self._names = [side for side in NOTES if side != "benthos" or "benthos" in others]
        self.sides: list[InProcessSide] = []

    def start(self) -> None:
        kind = self.name.removeprefix("inproc_")
        for side in self._names:
            if side == "benthos":
                command = peers.stream_command(kind, ORDER)
            else:
                command = built.java("InProcess", kind, str(built.WORKLOADS / f"{self.name}.udl.yaml"), str(ORDER), side)
            process = processes.Process(side, command, self._folder / f"{side}.log", talks=True)
            self.sides.append(InProcessSide(side, process, NOTES[side]))


class RoutesWorkload(Together):
    """`inproc_routes`: `inproc_pass` in definitions of 1, 100 and 10,000 routes, whose sources have their turn."""

    reference = "routes_1"
    sizes = (1, 100, 10_000)

    def __init__(self, name: str, folder: Path):
        self.name, self._folder = name, folder
        self.sides: list[InProcessSide] = []

    def shorten(self) -> None:
        self.sizes = (1, 100)

    def start(self) -> None:
        for size in self.sizes:
            folder = self._folder / str(size)
            folder.mkdir()
            command = built.java("InProcess", "routes", str(folder), str(ORDER), str(size))
            name = f"routes_{size}"
            self.sides.append(InProcessSide(name, processes.Process(name, command, self._folder / f"{name}.log", talks=True)))
