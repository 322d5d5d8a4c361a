"""The table at the end of `./test`: `test_table.py RESULTS [--partial]`, run in the checkout's root.

Reads Maven's own reports for the modules of the pom and RESULTS for the other suites. Exits non-zero on a failure, on a suite
without a test (not with --partial, which shows only what ran), and on a skipped test whose reason does not begin with `long:` (it runs with --long) or `data:` (the test data of others that the project
does not carry is not beside this checkout).
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ALLOWED_PREFIXES = ("long:", "data:")
BUILD_SUITE = "java build"  # passes or fails, but is no test
FAILURES_SHOWN_MAX = 40


@dataclass
class Suite:
    name: str
    ran: int = 0
    failed: int = 0
    seconds: float = 0
    remark: str = ""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def is_bad(self) -> bool:
        return self.failed > 0 or self.ran == 0 or any(not is_allowed(reason) for _, reason in self.skipped)


def is_allowed(reason: str) -> bool:
    return reason.startswith(ALLOWED_PREFIXES)


def reason_of(skipped: ElementTree.Element) -> str:
    """The reason that the test gave; for an assumption, JUnit wraps it in its own words and a stack trace."""
    text = skipped.get("message") or (skipped.text or "no reason").strip().splitlines()[0]
    return " ".join(text.rpartition("Assumption failed: ")[2].split())


def of_module(module: str) -> Suite:
    suite = Suite(module)
    reports = [r for kind in ("surefire", "failsafe") for r in sorted(Path(module).glob(f"target/{kind}-reports/TEST-*.xml"))]
    for report in reports:
        root = ElementTree.parse(report).getroot()
        suite.seconds += float(root.get("time", "0").replace(",", ""))
        for case in root.iter("testcase"):
            name = f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}"
            skipped = case.find("skipped")
            if skipped is not None:
                suite.skipped.append((name, reason_of(skipped)))
                continue
            suite.ran += 1
            problem = case.find("failure") if case.find("failure") is not None else case.find("error")
            if problem is not None:
                suite.failed += 1
                suite.failures.append(f"{name}: {' '.join((problem.get('message') or problem.get('type') or '').split())[:200]}")
    return suite


def of_results(path: Path) -> list[Suite]:
    suites: dict[str, Suite] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, ran, failed, seconds, remark = line.split("\t")
        suite = suites.setdefault(name, Suite(name))
        if ran == "skipped":
            suite.skipped.append((name, remark.partition(": ")[2]))
            continue
        suite.ran, suite.failed, suite.seconds, suite.remark = int(ran), int(failed), float(seconds), remark
    return list(suites.values())


def main() -> int:
    partial = "--partial" in sys.argv
    modules = re.findall(r"<module>([^<]+)</module>", Path("pom.xml").read_text(encoding="utf-8"))
    suites = of_results(Path(sys.argv[1])) + [of_module(module) for module in modules]
    if partial:
        suites = [suite for suite in suites if suite.ran or suite.skipped]

    for suite in suites:
        for failure in suite.failures[:FAILURES_SHOWN_MAX]:
            print(f"FAILED {suite.name}: {failure}")
    print(f"\n{'suite':<18} {'run':>6} {'failed':>7} {'not run':>8} {'seconds':>8}")
    for suite in suites:
        remark = "NO TESTS" if suite.ran == 0 else suite.remark
        print(f"{suite.name:<18} {suite.ran:>6} {suite.failed:>7} {len(suite.skipped):>8} {suite.seconds:>8.1f}  {remark}".rstrip())
    for suite in suites:
        for name, reason in suite.skipped:
            print(f"not run{'' if is_allowed(reason) else ' (counts as a failure)'}: {suite.name}: {name}: {reason}")

    passed = sum(suite.ran - suite.failed for suite in suites)
    failed = sum(suite.failed for suite in suites)
    bad = [suite.name for suite in suites if suite.is_bad()]
    if bad:
        print(f"\nnot good: {', '.join(bad)}")
    print(f"{passed} passed, {failed} failed, {sum(len(suite.skipped) for suite in suites)} skipped")
    if all(suite.name == BUILD_SUITE for suite in suites):
        print("no test ran", file=sys.stderr)
        return 1
    return 1 if bad or not passed else 0


sys.exit(main())
