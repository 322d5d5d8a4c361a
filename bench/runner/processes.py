"""Processes of our own: started, watched through /proc, and stopped by their pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
STOP_SECONDS_MAX = 15.0
START_SECONDS_MAX = 60.0
LOG_LINES_SHOWN = 15


class Broken(Exception):
    """A side that did not start, or ended by itself."""


class Process:
    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str] | None = None, talks: bool = False):
        self.name, self._log = name, log
        pipe = subprocess.PIPE if talks else subprocess.DEVNULL
        with open(log, "wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=pipe,
                stdout=subprocess.PIPE if talks else errors,
                stderr=errors if talks else subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # a Ctrl-C is ours to handle
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, line: str) -> str:
        """One line to a process that talks, and its answer."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise self.broken("ended")
        return answer.decode()

    def broken(self, what: str) -> Broken:
        said = self._log.read_text("utf-8", "replace").splitlines()[-LOG_LINES_SHOWN:]
        return Broken("\n  ".join([f"{self.name} {what}", *said]))

    def await_port(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            if self._process.poll() is not None:
                raise self.broken("ended")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise self.broken("does not listen") from None
                time.sleep(0.02)

    def stop(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        for kind in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(kind)
                try:
                    self._process.wait(STOP_SECONDS_MAX)
                except subprocess.TimeoutExpired:
                    continue


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    pids = [pid]
    for one in pids:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                pids += map(int, children.read_text().split())
            except OSError:
                continue  # it ended in between
    return pids


def cpu_us(pid: int) -> float:
    """User and system time of the tree, all threads, garbage collection and compilation included."""
    ticks = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S * 1e6


def memory_mb(pid: int) -> tuple[float, float]:
    """RSS and PSS of the tree."""
    totals = {"Rss": 0, "Pss": 0}
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, rest = line.partition(":")
            if name in totals:
                totals[name] += int(rest.split()[0])
    return totals["Rss"] / 1024, totals["Pss"] / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
