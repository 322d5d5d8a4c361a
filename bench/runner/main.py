"""The command line."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from runner import built, orders, peers, report
from runner.check import CheckWorkload, ColdCheckWorkload
from runner.durable import DurableWorkload
from runner.editor import EditorWorkload
from runner.equality import Unequal
from runner.http import HttpWorkload
from runner.inproc import InProcessWorkload, RoutesWorkload
from runner.loading import LoadingWorkload
from runner.measure import Effort, measure
from runner.memory import MemoryWorkload
from runner.processes import Broken
from runner.values import JsonWorkload, MappingWorkload, PredicateWorkload

WORKLOADS = {
    "http_json": HttpWorkload,
    "http_proxy": HttpWorkload,
    "inproc_pass": InProcessWorkload,
    "inproc_full": InProcessWorkload,
    "inproc_routes": RoutesWorkload,
    "durable": DurableWorkload,
    "memory": MemoryWorkload,
    "check": CheckWorkload,
    "check_cold": ColdCheckWorkload,
    "editor": EditorWorkload,
    **{f"mapping_{size}{threads}": MappingWorkload for size in orders.ITEMS for threads in ("", "_2t")},
    **{f"json_{size}": JsonWorkload for size in orders.ITEMS},
    "predicate": PredicateWorkload,
    "expressions_10k": LoadingWorkload,
}
GROUPS = {kind: [name for name in WORKLOADS if name.startswith(f"{kind}_")] for kind in ("http", "inproc", "mapping", "json")}

PEERS = [(GROUPS["mapping"], peers.OF_MAPPING), (["inproc_pass", "inproc_full"], peers.OF_INPROC)]

FULL = Effort(rounds=7, seconds=3, warm_seconds=2, warm_windows_max=20)
QUICK = Effort(rounds=3, seconds=2, warm_seconds=2, warm_windows_max=6)
SMOKE = Effort(rounds=2, seconds=0.3, warm_seconds=0.3, warm_windows_max=1)

EXIT_FAILED, EXIT_UNEQUAL, EXIT_INTERRUPTED = 1, 3, 130


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Unikernal beside its peers: CPU per unit of work, and its noise. docs/benchmarks.md tells how to read it.",
        epilog="workloads:\n"
        "  http_json    an order is read, checked, mapped and answered\n"
        "  http_proxy   the same, and posted to a backend, whose answer goes back\n"
        "  inproc_pass  a message through the kernel in process\n"
        "  inproc_full  caller proved, read, checked, rate limit, time-out, breaker, retry, five fields mapped, written\n"
        "  inproc_routes  inproc_pass in definitions of 1, 100 and 10,000 routes\n"
        "  durable      a durable route with 1,000 callers, beside SQLite alone\n"
        "  memory       what 10,000 idle routes take, and 10,000 messages that wait\n"
        "  check        definitions of 10 to 10,000 routes, from the files to the plan, in a JVM that is warm\n"
        "  check_cold   the same by the command line, as one who calls it has it\n"
        "  editor       one keystroke in a definition of 1,000 routes, with the editor's protocol\n"
        "  mapping_1k   an order is read, 20 fields of it mapped, and written; also _10k and _100k\n"
        "  mapping_1k_2t  the same on two threads; also _10k_2t and _100k_2t\n"
        "  json_1k      a document is read and written again; also _10k and _100k\n"
        "  predicate    a condition on orders that are decoded already\n"
        "  expressions_10k  a reload of 10,000 expressions, and one mapping of 20 fields: from texts to code\n"
        "  http, inproc, mapping, json  all of a kind; none named: all\n\n"
        "examples:\n"
        "  bench/run                                 everything, in about an hour\n"
        "  bench/run inproc --quick                  a first look in half a minute\n"
        "  bench/run http_proxy --rounds 11 --json target/proxy.jsonl\n\n"
        "exit codes: 0 measured; 1 something failed; 2 wrong usage; 3 the sides do not give equal outputs, so nothing was measured",
    )
    parser.add_argument("workload", nargs="*", metavar="WORKLOAD", help="which ones, see below")
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--quick", action="store_true", help="little warming, three short rounds: for development, not for reporting")
    effort.add_argument("--smoke", action="store_true", help="only shows that everything runs: the figures mean nothing")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"windows of each side (default: {FULL.rounds})")
    parser.add_argument("--with", dest="more", action="append", default=[], choices=["vrl"], help="a side of mapping that takes 45 minutes to build")
    parser.add_argument("--without", action="append", default=[], choices=peers.USUAL, help="leave out a side of mapping or inproc; may be said again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every window as a line of JSON")
    options = parser.parse_args(given)
    names = [name for word in options.workload for name in GROUPS.get(word, [word])]
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        parser.error(f"there is no workload {unknown[0]}; there are {', '.join([*WORKLOADS, *GROUPS])}")
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds needs a number from 1")
    options.workload = names or list(WORKLOADS)
    return options


def effort_of(options: argparse.Namespace) -> Effort:
    effort = QUICK if options.quick else SMOKE if options.smoke else FULL
    return effort if options.rounds is None else Effort(options.rounds, effort.seconds, effort.warm_seconds, effort.warm_windows_max)


def run(options: argparse.Namespace) -> None:
    effort = effort_of(options)
    others = [name for name in peers.USUAL + options.more if name not in options.without]
    built.build()
    sides = {name: [side for side in others if side in of] for names, of in PEERS for name in names}
    peers.build(sorted({side for name in options.workload for side in sides.get(name, [])}))
    about = report.machine()
    print("- " + "; ".join(f"{name} {value}" for name, value in about.items()))
    if options.quick or options.smoke:
        print("- little warming and few rounds: not for reporting")
    lines = []
    for name in dict.fromkeys(options.workload):
        with tempfile.TemporaryDirectory(prefix="unikernal-bench-") as folder:
            more = {"others": sides[name]} if name in sides else {}
            workload = WORKLOADS[name](name, Path(folder), **more)
            if options.smoke and hasattr(workload, "shorten"):
                workload.shorten()
            if isinstance(workload, MemoryWorkload):
                print(f"{name}: measuring", file=sys.stderr)
                workload.measure()
                print("\n" + workload.table(), flush=True)
                lines.append(workload.json_lines(about))
                continue
            measured = measure(workload, effort, lambda what, name=name: print(f"{name}: {what}", file=sys.stderr))
        print("\n" + report.table(measured), flush=True)
        lines.append(report.json_lines(measured, about))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text("".join(lines), "utf-8")


def main(given: list[str]) -> int:
    options = arguments(given)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is stopped
    try:
        run(options)
    except Unequal as difference:
        print(f"not measured, since the sides do not do the same: {difference}", file=sys.stderr)
        return EXIT_UNEQUAL
    except (Broken, built.CannotBuild) as problem:
        print(problem, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0
