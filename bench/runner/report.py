"""What a run says: Markdown for people, JSON lines for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runner import built
from runner.figures import Window, ratios, spread, verdict
from runner.measure import Measured


def machine() -> dict[str, Any]:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    java = built.say([str(built.java_home() / "bin" / "java"), "-version"]).splitlines()
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "java": java[1] if len(java) > 1 else "",
        "nginx": built.say(["nginx", "-v"]).rpartition("/")[2],
        "commit": built.say(["git", "-C", str(built.ROOT), "describe", "--always", "--dirty"]),
    }


def number(value: float) -> str:
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def heading(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |\n" + "|---" * len(cells) + "|"


def allocated(windows: list[Window]) -> str:
    """Bytes of heap per unit, where the side's run time counts them."""
    counted = [window.bytes / window.units for window in windows if window.bytes is not None]
    return number_of_bytes(spread(counted).median) if counted else "-"


def number_of_bytes(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value < 0.05 else f"{value:.1f}"


def table(measured: Measured) -> str:
    reference = measured.windows[measured.reference]
    unit = measured.unit
    counts_bytes = any(window.bytes is not None for windows in measured.windows.values() for window in windows)
    more = [f"bytes/{unit}"] if counts_bytes else []
    lines = [
        f"### {measured.workload}",
        "",
        heading(["side", f"CPU µs/{unit} min", "median", "noise (MAD)", "min..max", f"{unit}s/s", f"ratio to {measured.reference}", "range"] + more + ["RSS / PSS MB"]),
    ]
    for side in measured.sides:
        windows = measured.windows[side]
        cpu = spread([window.cpu_per_unit for window in windows])
        speed = spread([window.units_per_s for window in windows])
        ratio = ratios(windows, reference)
        rss, pss = measured.memory_mb[side]
        cells = [side, number(cpu.least), number(cpu.median), f"{cpu.noise:.1%}", f"{number(cpu.least)}..{number(cpu.most)}", number(speed.median)]
        cells += [f"{ratio.median:.2f}", f"{ratio.least:.2f}..{ratio.most:.2f}"]
        cells += [allocated(windows)] if counts_bytes else []
        cells += [f"{rss:.0f} / {pss:.0f}" if pss else f"{rss:.0f} / -"]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    for side in measured.sides:
        warmth = measured.warmth[side]
        said = f"- {side}: "
        if side != measured.reference:
            said += verdict(measured.windows[side], reference) + f" (against {measured.reference}); "
        said += f"warmed in {warmth.windows} windows, {number(warmth.first)} to {number(warmth.last)} µs"
        said += "" if warmth.steady else ", STILL CHANGING when measured"
        lines.append(said + (f"; {measured.notes[side]}" if measured.notes[side] else ""))
    before, after = measured.load
    lines.append(f"- {measured.samples} samples answered alike; {len(reference)} rounds of {spread([w.wall_s for w in reference]).median:.1f} s; load average {before:.1f} to {after:.1f}")
    return "\n".join(lines)


def json_lines(measured: Measured, about: dict[str, Any]) -> str:
    """One line for each window, with all that is needed to read it alone."""
    lines = []
    for side, windows in measured.windows.items():
        for number_of_round, window in enumerate(windows):
            facts = {"workload": measured.workload, "side": side, "round": number_of_round, "cpu_us_per_unit": window.cpu_per_unit}
            state = {"steady": measured.warmth[side].steady, "rss_pss_mb": measured.memory_mb[side], "load": measured.load}
            lines.append(json.dumps({**facts, **asdict(window), **state, "machine": about}))
    return "\n".join(lines) + "\n"
