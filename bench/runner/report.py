"""What a run says: Markdown for people, JSON lines for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runner import built
from runner.figures import ratios, spread, verdict
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
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def table(measured: Measured) -> str:
    reference = measured.windows[measured.reference]
    unit = measured.unit
    lines = [
        f"### {measured.workload}",
        "",
        f"| side | CPU µs/{unit} min | median | noise (MAD) | min..max | {unit}s/s | ratio to {measured.reference} | range | RSS / PSS MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for side in measured.sides:
        windows = measured.windows[side]
        cpu = spread([window.cpu_per_unit for window in windows])
        speed = spread([window.units_per_s for window in windows])
        ratio = ratios(windows, reference)
        rss, pss = measured.memory_mb[side]
        cells = [side, number(cpu.least), number(cpu.median), f"{cpu.noise:.1%}", f"{number(cpu.least)}..{number(cpu.most)}", number(speed.median)]
        cells += [f"{ratio.median:.2f}", f"{ratio.least:.2f}..{ratio.most:.2f}", f"{rss:.0f} / {pss:.0f}"]
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
