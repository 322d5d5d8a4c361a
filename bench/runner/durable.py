"""`durable`: a durable route, 1,000 callers at once, beside what its driver and the disk cost alone."""

from __future__ import annotations

from pathlib import Path

from runner import built, processes
from runner.inproc import ORDER, InProcessSide, Together

NOTES = {
    "unikernal": (str(built.WORKLOADS / "durable.udl.yaml"), "taken over, confirmed once it is synced, delivered, forgotten; 1,000 callers at once"),
    "sqlite-256": ("256", "rows inserted and removed, 256 messages in each synced transaction; same driver and settings"),
    "sqlite-1": ("1", "the same, one message in each"),
}


class DurableWorkload(Together):
    reference = "sqlite-256"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder = name, folder
        self.sides: list[InProcessSide] = []

    def start(self) -> None:
        for side, (what, note) in NOTES.items():
            folder = self._folder / side
            folder.mkdir()
            command = built.java("InProcess", "durable", str(folder), str(ORDER), what)
            process = processes.Process(side, command, self._folder / f"{side}.log", talks=True)
            self.sides.append(InProcessSide(side, process, note, asked="durable"))

    def check(self) -> int:
        for side in self.sides:
            side.window(0.1)
        return super().check()
