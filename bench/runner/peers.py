"""Peers that are no JVM: jq, Node.js, Bloblang and VRL of `mapping`, Benthos of `inproc`, each by its own run time."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from runner import built, processes
from runner.figures import Window

SOURCES = built.BENCH / "peers"
TARGET = built.BENCH / "target"
FILTER = built.WORKLOADS / "mapping.jq"

# What each needs, and whether it is measured when nobody says otherwise.
TOOLS = {"jq": "jq", "node": "node", "bloblang": "go", "vrl": "cargo", "benthos": "go"}
USUAL = ["jq", "node", "bloblang", "benthos"]
OF_MAPPING = ["jq", "node", "bloblang", "vrl"]
OF_INPROC = ["benthos"]
INSTALL = {
    "jq": "apt-get install jq",
    "node": "apt-get install nodejs",
    "go": "install Go 1.26 or newer, or say --without bloblang --without benthos",
    "cargo": "install Rust, or leave out --with vrl",
}

JQ_CHUNK_BYTES = 1_000_000
JQ_STARTS = 5


def build(names: list[str]) -> None:
    """What is missing is said before anything runs. Go and Cargo find by themselves what is stale."""
    for name in names:
        tool = TOOLS[name]
        if not shutil.which(tool):
            raise built.CannotBuild(f"{tool} is missing, for the side {name}: {INSTALL[tool]}")
    TARGET.mkdir(exist_ok=True)
    for name in ("bloblang", "benthos"):
        if name in names:
            compile_with(["go", "build", "-o", str(TARGET / name), "."], SOURCES / name)
    if "vrl" in names:
        compile_with(["cargo", "build", "--release", "--locked", "--target-dir", str(TARGET / "vrl")], SOURCES / "vrl")


def compile_with(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise built.CannotBuild(f"{' '.join(command[:2])} failed in {folder.name}:\n{done.stderr[-2000:]}")


def command(name: str, body: Path, threads: int) -> list[str]:
    """Of a side that talks."""
    more = [str(body), str(threads)]
    return {
        "node": ["node", str(SOURCES / "mapping.mjs"), *more],
        "bloblang": [str(TARGET / "bloblang"), str(SOURCES / "mapping.blobl"), *more],
        "vrl": [str(TARGET / "vrl" / "release" / "bench-vrl"), str(SOURCES / "mapping.vrl"), *more],
    }[name]


def stream_command(kind: str, body: Path) -> list[str]:
    """Benthos, doing the work of `inproc_<kind>`."""
    return [str(TARGET / "benthos"), kind, str(body)]


NOTES = {
    "node": "by hand, JSON.parse and JSON.stringify, a worker for each thread more than one",
    "bloblang": "Go, as a processor of a pipeline runs it; its collector on as many cores as it likes",
    "vrl": "Rust",
}


class JqSide:
    """jq cannot be asked: each window is a run of its own over many orders. What starting costs is measured and taken off."""

    name = "jq"

    def __init__(self, folder: Path, body: bytes, threads: int):
        self._body, self._threads = folder / "body.jsonl", threads
        self._copies = max(1, JQ_CHUNK_BYTES // len(body))
        self._chunk = folder / "chunk.jsonl"
        self._body.write_bytes(body + b"\n")
        self._chunk.write_bytes((body + b"\n") * self._copies)
        self._log = folder / "jq.log"
        self._start_us = statistics.median(self._run(["/dev/null"], 1)[0] for _ in range(JQ_STARTS))
        self._pass_s = 1.0
        self._peak_mb = 0.0
        self.note = f"C; as many processes as threads, started for each window, which costs {self._start_us / 1e3:.0f} ms and is taken off"

    def answer(self) -> str:
        return subprocess.run(["jq", "-c", "-f", str(FILTER), str(self._body)], capture_output=True, text=True, check=True).stdout

    def window(self, seconds: float) -> Window:
        passes = max(1, round(seconds / self._pass_s))
        cpu, wall, self._peak_mb = self._run([str(self._chunk)] * passes, self._threads)
        self._pass_s = wall / passes
        return Window(passes * self._copies * self._threads, max(1.0, cpu - self._start_us * self._threads), wall)

    def _run(self, files: list[str], processes_at_once: int) -> tuple[float, float, float]:
        """CPU in µs of all, seconds, and the most memory that one of them had."""
        cpu, peak = 0.0, 0.0
        begun = time.monotonic()
        with open(self._log, "wb") as errors:
            started = [
                subprocess.Popen(["jq", "-c", "-f", str(FILTER), *files], stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
                for _ in range(processes_at_once)
            ]
            try:
                for process in started:
                    _, status, usage = os.wait4(process.pid, 0)
                    process.returncode = os.waitstatus_to_exitcode(status)
                    cpu += (usage.ru_utime + usage.ru_stime) * 1e6
                    peak = max(peak, usage.ru_maxrss / 1024)
            finally:
                for process in started:
                    if process.returncode is None:
                        process.kill()
                        process.wait()
        if any(process.returncode for process in started):
            raise processes.Broken("jq failed\n  " + self._log.read_text("utf-8", "replace")[-1000:])
        return cpu, time.monotonic() - begun, peak

    def memory_mb(self) -> tuple[float, float]:
        return self._peak_mb, 0.0

    def stop(self) -> None:
        """Nothing outlives its window."""


def start(names: list[str], folder: Path, body: Path, threads: int, talking: Any) -> list[Any]:
    sides = []
    for name in names:
        if name == "jq":
            sides.append(JqSide(folder, body.read_bytes(), threads))
        else:
            process = processes.Process(name, command(name, body, threads), folder / f"{name}.log", talks=True)
            sides.append(talking(name, NOTES[name], process))
    return sides
