"""Goal: the cost of a process is that of its whole tree, and none is left behind. Method: real processes."""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

from runner import processes

BUSY = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "log"

    def start(self, source, **options):
        process = processes.Process("it", [sys.executable, "-c", source], self.log, **options)
        self.addCleanup(process.stop)
        return process

    def test_a_child_counts(self):
        source = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {BUSY + 'time.sleep(60)'!r}])\nimport time\ntime.sleep(60)"
        process = self.start(source)
        deadline = time.monotonic() + 20
        while processes.cpu_us(process.pid) < 300_000 and time.monotonic() < deadline:
            time.sleep(0.05)
        pids = processes.tree(process.pid)
        for child in pids[1:]:
            self.addCleanup(os.kill, child, 9)
        self.assertEqual(len(pids), 2)
        self.assertGreaterEqual(processes.cpu_us(process.pid), 300_000)
        rss, pss = processes.memory_mb(process.pid)
        self.assertGreater(rss, pss * 0.9)
        self.assertGreater(pss, 1)

    def test_it_is_asked_and_stopped(self):
        process = self.start("while True: print(input().upper(), flush=True)", talks=True)
        self.assertEqual(process.ask("abc"), "ABC\n")
        process.stop()
        self.assertFalse(Path(f"/proc/{process.pid}/stat").exists())

    def test_one_that_will_not_stop_is_killed(self):
        process = self.start("import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True: print(input(), flush=True)", talks=True)
        process.ask("ready")
        before, processes.STOP_SECONDS_MAX = processes.STOP_SECONDS_MAX, 1.0
        self.addCleanup(setattr, processes, "STOP_SECONDS_MAX", before)
        process.stop()
        self.assertFalse(Path(f"/proc/{process.pid}/stat").exists())

    def test_one_that_ends_says_why(self):
        process = self.start("raise SystemExit('no such order')")
        with self.assertRaisesRegex(processes.Broken, "no such order"):
            process.await_port(1)
