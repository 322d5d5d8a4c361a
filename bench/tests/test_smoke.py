"""Goal: everything that `bench/run` names runs, on the real distribution. No figure is asserted."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from runner import built, http, measure, peers, values
from runner.check import SMALL_SIZES
from runner.equality import Unequal
from runner.main import GROUPS, SMOKE, WORKLOADS

RUN = Path(__file__).resolve().parents[1] / "run"
SECONDS_MAX = 900


# Of the sizes and numbers of threads, which differ in a number only, the least and the most.
SHOWN = ["http_json", "http_proxy", "inproc_pass", "inproc_full", "inproc_routes", "durable", "memory", "check", "check_cold", "editor", "mapping_1k", "mapping_100k_2t", "json_1k", "predicate", "expressions_10k"]

# Bloblang and Benthos take 80 s of CPU and 60 modules to build for the first time: with --long only.
IS_LONG = os.environ.get("UNIKERNAL_LONG") == "true"
WITHOUT = [] if IS_LONG else ["--without", "bloblang", "--without", "benthos"]
INPROC_SIDES = ["unikernal", "unikernal-unrecorded", "plain", "camel"] + (["benthos"] if IS_LONG else [])
MAPPING_SIDES = ["unikernal", "java-values", "java-jackson", "cel-planner", "jsonata", "jackson-jq", "jq", "node"] + (["bloblang"] if IS_LONG else [])


def run(*arguments, folder):
    return subprocess.run(
        [str(RUN), *arguments], env={**os.environ, "TMPDIR": folder}, capture_output=True, text=True, timeout=SECONDS_MAX
    )


class SmokeTest(unittest.TestCase):
    def test_every_workload_runs_and_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as results:
            lines = Path(results) / "windows.jsonl"
            done = run(*SHOWN, *WITHOUT, "--smoke", "--json", str(lines), folder=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            for workload in SHOWN:
                self.assertIn(f"### {workload}\n", done.stdout)
            written = [json.loads(line) for line in lines.read_text().splitlines()]
            windows = [line for line in written if "side" in line]
            held = [(line["what"], line["count"]) for line in written if "side" not in line]
            self.assertEqual(held, [("routes", 1), ("routes", 100), ("camel-routes", 1), ("camel-routes", 100), ("messages", 0), ("messages", 100)])
            self.assertEqual(
                {(window["workload"], window["side"]) for window in windows},
                {("http_json", side) for side in ("unikernal", "vertx-raw")}
                | {("http_proxy", side) for side in ("unikernal", "vertx-raw", "nginx")}
                | {(kind, side) for kind in ("inproc_pass", "inproc_full") for side in INPROC_SIDES}
                | {("inproc_routes", f"routes_{routes}") for routes in (1, 100)}
                | {("durable", side) for side in ("unikernal", "sqlite-256", "sqlite-1")}
                | {(kind, f"routes_{routes}") for kind in ("check", "check_cold") for routes in SMALL_SIZES}
                | {("editor", edit) for edit in ("expression", "text", "type", "no_yaml", "shared_type")}
                | {(kind, side) for kind in ("mapping_1k", "mapping_100k_2t") for side in MAPPING_SIDES}
                | {("json_1k", side) for side in ("unikernal", "unikernal-typed", "jackson3-tree", "jackson3-map")}
                | {("predicate", side) for side in ("unikernal", "java-values", "cel-planner")}
                | {("expressions_10k", side) for side in ("load", "mapping_20")},
            )
            for window in windows:
                if window["workload"].startswith(("mapping", "json", "predicate")) and window["side"] not in ("jq", "node"):
                    self.assertIsInstance(window["bytes"], int, window["side"])
            self.assertEqual(os.listdir(folder), [])
            left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if folder in reads(path)]
            self.assertEqual(left, [])

    def test_a_peer_that_maps_something_else_is_not_measured(self):
        built.build()
        with tempfile.TemporaryDirectory() as folder:
            workload = http.HttpWorkload("http_json", Path(folder), vertx_maps_to="other")
            with self.assertRaisesRegex(Unequal, "the order: vertx-raw gives .*other"):
                measure.measure(workload, SMOKE, lambda what: None)

    def test_every_size_has_a_name(self):
        names = {name for group in GROUPS.values() for name in group} | {"check", "check_cold", "editor", "predicate", "expressions_10k", "durable", "memory"}
        self.assertEqual(set(WORKLOADS), names)
        self.assertEqual(len(GROUPS["mapping"]), 6)
        self.assertEqual(len(GROUPS["json"]), 3)

    def test_a_mapping_that_gives_something_else_is_not_measured(self):
        built.build()
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as others:
            wrong = Path(others) / "mapping.jq"
            wrong.write_text(peers.FILTER.read_text().replace("select(.qty>0)", "select(.qty>1)"))
            before, peers.FILTER = peers.FILTER, wrong
            self.addCleanup(setattr, peers, "FILTER", before)
            workload = values.MappingWorkload("mapping_1k", Path(folder), ["jq"])
            with self.assertRaisesRegex(Unequal, "mapping: jq gives .* at amounts"):
                measure.measure(workload, SMOKE, lambda what: None)

    def test_a_missing_tool_is_said_before_anything_runs(self):
        before, os.environ["PATH"] = os.environ["PATH"], "/nowhere"
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        with self.assertRaisesRegex(built.CannotBuild, "jq is missing, for the side jq: apt-get install jq"):
            peers.build(["jq"])

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
