"""Runs a folder of Python unit tests: `run_unittests.py RESULTS SUITE FOLDER`. Appends one line to RESULTS, whatever happens."""

import sys
import time
import traceback
import unittest
from pathlib import Path


def main() -> None:
    results, suite_name, folder = sys.argv[1:4]
    begun = time.monotonic()
    ran, failed, remarks = 0, 0, []
    try:
        sys.path.insert(0, str(Path(folder).parent))
        suite = unittest.defaultTestLoader.discover(folder, top_level_dir=folder)
        outcome = unittest.TextTestRunner(verbosity=1).run(suite)
        # An unexpected success is a stale "known failure"; it must be looked at.
        failed = len(outcome.failures) + len(outcome.errors) + len(outcome.unexpectedSuccesses)
        ran = outcome.testsRun - len(outcome.skipped)
        remarks = [f"{test.id()}: {reason}" for test, reason in outcome.skipped]
    except BaseException:  # a broken folder is a failed suite, and the other suites still run
        traceback.print_exc()
        ran, failed = 1, 1
    with open(results, "a", encoding="utf-8") as file:
        file.write(f"{suite_name}\t{ran}\t{failed}\t{time.monotonic() - begun:.0f}\t\n")
        for remark in remarks:
            file.write(f"{suite_name}\tskipped\t\t\t{' '.join(remark.split())}\n")


main()
