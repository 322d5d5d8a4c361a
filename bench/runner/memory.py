"""`memory`: what 10,000 routes that do nothing take, and 10,000 messages that wait in the middle of a pipeline."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runner import built, processes, report
from runner.inproc import ORDER

MANY = 10_000
SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Held:
    """A process with so many of something, at rest."""

    what: str
    count: int
    heap_bytes: int
    rss_mb: float


class MemoryWorkload:
    def __init__(self, name: str, folder: Path):
        self.name, self._folder, self._many = name, folder, MANY
        self.held: list[Held] = []

    def shorten(self) -> None:
        self._many = 100

    def measure(self) -> None:
        for what in ("routes", "camel-routes"):
            for count in (1, self._many):
                self._with(what, count, ["routes", str(self._folder), str(ORDER), str(count)] if what == "routes" else [what, str(count), str(ORDER)])
        self._with("messages", self._many, ["waiting", str(built.WORKLOADS / "inflight.udl.yaml"), str(ORDER)])

    def _with(self, what: str, count: int, arguments: list[str]) -> None:
        process = processes.Process(what, built.java("InProcess", *arguments), self._folder / f"{what}-{count}.log", talks=True)
        try:
            if what == "messages":
                self._hold(process, what, 0)
                process.ask(f"carry waiting {count}")
                time.sleep(SETTLE_SECONDS)
            self._hold(process, what, count)
        finally:
            process.stop()

    def _hold(self, process: processes.Process, what: str, count: int) -> None:
        process.ask("heap")  # what only soft references hold goes with the second collection
        heap = int(process.ask("heap"))
        self.held.append(Held(what, count, heap, processes.memory_mb(process.pid)[0]))

    def table(self) -> str:
        lines = [f"### {self.name}", "", report.heading(["held", "heap after collection MB", "RSS MB", "bytes for each more"])]
        for few, many in zip(self.held[::2], self.held[1::2], strict=True):
            each = (many.heap_bytes - few.heap_bytes) / (many.count - few.count)
            for held, more in ((few, "-"), (many, f"{each:,.0f}")):
                lines.append(f"| {held.count:,} {held.what} | {held.heap_bytes / 2**20:.1f} | {held.rss_mb:.0f} | {more} |")
        return "\n".join(lines)

    def json_lines(self, about: dict[str, Any]) -> str:
        return "".join(json.dumps({"workload": self.name, **asdict(held), "machine": about}) + "\n" for held in self.held)
