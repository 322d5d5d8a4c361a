"""`editor`: one keystroke in a definition of 1,000 routes, by the real protocol; a side for each kind of edit, all in one JVM."""

from __future__ import annotations

from pathlib import Path

from runner import built, equality, processes
from runner.inproc import InProcessSide

ROUTES, ROUTES_SMALL = 1_000, 40
EDITS = {
    "expression": "a digit in an expression",
    "text": "a letter in a text with markers",
    "type": "a digit in a type of the same file",
    "no_yaml": "an entry half written: the file is no YAML",
    "shared_type": "a digit in a type that every route is made of",
}


class EditorSide(InProcessSide):
    def __init__(self, edit: str, process: processes.Process):
        super().__init__(edit, process)
        self.note = EDITS[edit]


class EditorWorkload:
    """Each unit: the change is sent, and both the diagnostics and what may follow are there."""

    unit = "keystroke"
    reference = "expression"

    def __init__(self, name: str, folder: Path):
        self.name, self._folder, self._routes = name, folder, ROUTES
        self.sides: list[EditorSide] = []

    def shorten(self) -> None:
        self._routes = ROUTES_SMALL

    def start(self) -> None:
        command = built.java("InProcess", "editor", str(self._folder / "definition"), str(self._routes))
        process = processes.Process("editor", command, self._folder / "editor.log", talks=True)
        self.sides = [EditorSide(edit, process) for edit in EDITS]

    def check(self) -> int:
        """What is typed is taken back: then nothing is wrong, whatever it was."""
        for side in self.sides:
            answer = equality.value(side.process.ask(f"answer {side.name}"))
            equality.require_equal("findings", {side.name: answer["findings"], "written": equality.value("0")})
        return len(self.sides)

    def stop(self) -> None:
        if self.sides:
            self.sides[0].process.stop()
