"""`mapping`, `json` and `predicate`: values and expressions without a kernel around them, each side a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runner import built, equality, orders, peers, processes
from runner.figures import Window


class TalkingSide:
    """A process that answers `answer SIDE` and `window SIDE SECONDS` and counts its own CPU time."""

    def __init__(self, name: str, note: str, process: processes.Process):
        self.name, self.note, self.process = name, note, process

    def answer(self) -> str:
        return self.process.ask(f"answer {self.name}")

    def window(self, seconds: float) -> Window:
        result = json.loads(self.process.ask(f"window {self.name} {seconds}"))
        return Window(result["units"], result["cpu_us"], result["wall_s"], bytes=result.get("bytes"))

    def memory_mb(self) -> tuple[float, float]:
        return processes.memory_mb(self.process.pid)

    def stop(self) -> None:
        self.process.stop()


class ValuesWorkload:
    """Sides in a JVM each, so that none profits or suffers from what another has made hot."""

    java_sides: dict[str, str] = {}

    def __init__(self, name: str, folder: Path, threads: int = 1):
        self.name, self._folder, self._threads = name, folder, threads
        self.kind = name.partition("_")[0]
        self.sides: list[Any] = []

    def body(self) -> bytes:
        raise NotImplementedError

    def start(self) -> None:
        body = self._folder / "body.json"
        body.write_bytes(self.body())
        for side, note in self.java_sides.items():
            command = built.java("InProcess", self.kind, str(built.WORKLOADS), str(body), side, str(self._threads))
            self.sides.append(TalkingSide(side, note, processes.Process(side, command, self._folder / f"{side}.log", talks=True)))

    def check(self) -> int:
        answers = {side.name: self.value(side.answer()) for side in self.sides}
        equality.require_equal(self.kind, {"what is expected": self.expected(), **answers})
        return 1

    def expected(self) -> Any:
        """Known without any side: all of them could be wrong alike."""
        raise NotImplementedError

    @staticmethod
    def value(text: str | bytes) -> Any:
        return equality.value(text)

    def stop(self) -> None:
        for side in self.sides:
            side.stop()


class MappingWorkload(ValuesWorkload):
    """An order's bytes are read, 20 fields of it mapped, and the result written."""

    unit = "message"
    reference = "java-values"
    java_sides = {
        "unikernal": "",
        "java-values": "the mapping by hand in Java, on our codec",
        "java-jackson": "by hand on Jackson 3's streams: nothing of ours, and what it needs not is not checked",
        "cel-planner": "dev.cel's evaluator, on our codec",
        "jsonata": "Java, Jackson 2",
        "jackson-jq": "Java, Jackson 2; the date is sliced",
    }

    def __init__(self, name: str, folder: Path, others: list[str]):
        size, _, threads = name.removeprefix("mapping_").partition("_")
        super().__init__(name, folder, int(threads.removesuffix("t") or 1))
        self._items, self._others = orders.ITEMS[size], others

    def body(self) -> bytes:
        return orders.order(self._items)

    def start(self) -> None:
        super().start()
        self.sides += peers.start(self._others, self._folder, self._folder / "body.json", self._threads, TalkingSide)

    def expected(self) -> Any:
        return orders.mapped(self._items)

    @staticmethod
    def value(text: str | bytes) -> Any:
        """Fractions are doubles by the order's type: jq's 17 digits and the fewest that mean the same double are equal."""
        return json.loads(text)


class JsonWorkload(ValuesWorkload):
    """A document is read and written again, nothing else."""

    unit = "document"
    reference = "jackson3-tree"
    java_sides = {
        "unikernal": "without a type; keys that stand twice are refused",
        "unikernal-typed": "into the slots of its type, every field checked",
        "jackson3-tree": "",
        "jackson3-map": "",
    }

    def body(self) -> bytes:
        return orders.order(orders.ITEMS[self.name.removeprefix("json_")])

    def expected(self) -> Any:
        return self.value(self.body())


class PredicateWorkload(ValuesWorkload):
    """`total > 100.0 && country in ['DE', 'FR']` on eight orders in turn, decoded before."""

    unit = "evaluation"
    reference = "java-values"
    java_sides = {"unikernal": "", "java-values": "by hand in Java, on our values", "cel-planner": "dev.cel's evaluator"}

    def body(self) -> bytes:
        return orders.orders()

    def expected(self) -> Any:
        return [total > 100.0 and country in ("DE", "FR") for total, country in orders.TOTALS]
