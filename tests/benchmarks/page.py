"""The page of results: every table, readable, with how to read it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from benchmarks.explanations import ABOUT, READING
from benchmarks.machine import gpu_name
from benchmarks.peers import HOW

PACKAGES = ("numpy", "scipy", "torch", "pydmd", "kooplearn", "dsa-metric", "pot")
COLUMNS = {
    "method": "method",
    "seconds": "seconds",
    "ratio": "× traindyn",
    "deviation": "deviation",
    "peak_mib": "peak MiB",
    "working_mib": "working MiB",
    "peak_share": "of matrix peak",
    "bandwidth_share": "of bandwidth",
    "runs": "runs",
    "note": "note",
}


def page(tables: Mapping[str, pd.DataFrame], folder: Path, *, quick: bool) -> str:
    """Markdown; names the plots that lie in the folder."""
    lines = ["# Benchmarks", "", _where(), ""]
    if quick:
        lines += ["**Quick mode: tiny sizes, which say nothing about speed.**", ""]
    lines += [READING]
    for section, rows in tables.items():
        lines += [f"## {section}", "", ABOUT[section], ""]
        if (folder / f"{section}.png").exists():
            lines += [f"![{section}]({section}.png)", ""]
        by = ["axis" if section == "scaling" else "problem", "threads"]
        for (title, threads), group in rows.groupby(by, sort=False):
            many = "s" if threads > 1 else ""
            lines += [f"**{title}** ({threads} thread{many})", "", _markdown(section, group), ""]
        if section == "koopman":
            lines += ["How each method is called:", "", *(f"- **{name}**: {how}" for name, how in HOW.items()), ""]
    return "\n".join(lines)


def _markdown(section: str, group: pd.DataFrame) -> str:
    shown = pd.DataFrame({title: [_cell(name, value) for value in group[name]] for name, title in COLUMNS.items()})
    if section == "machine":
        speed = (group.gigabyte + group.gigaflop) / group.seconds
        unit = "GB/s" if group.gigabyte.any() else "Gflop/s"
        shown = shown[["method", "seconds", "runs"]].assign(**{unit: [f"{value:.1f}" for value in speed]})
    if section == "scaling":
        shown.insert(0, "size", [f"{value:g}" for value in group.value])
    shown = shown.loc[:, (shown != "").any()]
    rows = [list(shown.columns), ["---"] * shown.shape[1], *shown.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(name: str, value: object) -> str:
    if isinstance(value, str):
        return value.replace("|", "\\|")
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return ""
    if name.endswith("share"):
        return f"{100 * number:.0f} %"
    if name.endswith("mib"):
        return f"{number:,.0f}"
    return f"{number:.1e}" if name == "deviation" else f"{number:.4g}"


def _where() -> str:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    machine = ", ".join(filter(None, [_processor(), f"{os.cpu_count()} cores", gpu_name(), platform.system()]))
    return f"{machine}; Python {platform.python_version()}, {', '.join(found)}."


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    names = (
        [line for line in listed.read_text().splitlines() if line.startswith("model name")] if listed.exists() else []
    )
    return names[0].partition(":")[2].strip() if names else platform.processor() or platform.machine()
