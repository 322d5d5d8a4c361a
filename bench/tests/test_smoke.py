"""Goal: everything that `bench/run` names runs, on the real distribution. No figure is asserted."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from runner import built, http, measure
from runner.check import SMALL_SIZES
from runner.equality import Unequal
from runner.main import SMOKE

RUN = Path(__file__).resolve().parents[1] / "run"
SECONDS_MAX = 300


def run(*arguments, folder):
    return subprocess.run(
        [str(RUN), *arguments], env={**os.environ, "TMPDIR": folder}, capture_output=True, text=True, timeout=SECONDS_MAX
    )


class SmokeTest(unittest.TestCase):
    def test_every_workload_runs_and_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as results:
            lines = Path(results) / "windows.jsonl"
            done = run("--smoke", "--json", str(lines), folder=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            for workload in ("http_json", "http_proxy", "inproc_pass", "inproc_full", "check", "check_cold", "editor"):
                self.assertIn(f"### {workload}\n", done.stdout)
            windows = [json.loads(line) for line in lines.read_text().splitlines()]
            self.assertEqual(
                {(window["workload"], window["side"]) for window in windows},
                {("http_json", side) for side in ("unikernal", "vertx-raw")}
                | {("http_proxy", side) for side in ("unikernal", "vertx-raw", "nginx")}
                | {(kind, side) for kind in ("inproc_pass", "inproc_full") for side in ("unikernal", "plain")}
                | {(kind, f"routes_{routes}") for kind in ("check", "check_cold") for routes in SMALL_SIZES}
                | {("editor", edit) for edit in ("expression", "text", "type", "no_yaml", "shared_type")},
            )
            self.assertEqual(os.listdir(folder), [])
            left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if folder in reads(path)]
            self.assertEqual(left, [])

    def test_a_peer_that_maps_something_else_is_not_measured(self):
        built.build()
        with tempfile.TemporaryDirectory() as folder:
            workload = http.HttpWorkload("http_json", Path(folder), vertx_maps_to="other")
            with self.assertRaisesRegex(Unequal, "the order: vertx-raw gives .*other"):
                measure.measure(workload, SMOKE, lambda what: None)

    def test_usage(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("examples:", run("--help", folder=folder).stdout)
            done = run("http_jsn", folder=folder)
            self.assertEqual(done.returncode, 2)
            self.assertIn("there is no workload http_jsn", done.stderr)


def reads(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""  # it ended in between
