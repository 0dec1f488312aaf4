"""Sections measured one after the other; their tables, plots and the page written as soon as they are there."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.context import Context
from benchmarks.rounds import Repetitions, measured
from benchmarks.tables import table

FULL = {
    "machine": Repetitions(most=7, seconds=3),
    "koopman": Repetitions(),
    "large": Repetitions(most=5),
    "ensembles": Repetitions(most=5, seconds=15),
    "distances": Repetitions(most=5),
    "scaling": Repetitions(most=3, least=1, seconds=3),
}
QUICK = Repetitions(most=1)


def write(sections: Sequence[str], context: Context, folder: Path) -> None:
    """Measure the sections (the first is *machine*) into `folder`: a CSV and a plot each, and README.md.

    Raises:
        InputError: a data set is not there.
        RuntimeError: this project, or a reference, failed.
    """
    # This process stays small while it measures: pandas and matplotlib are loaded in the end.
    rows: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        module = import_module(f"benchmarks.{section}")
        outcomes = measured(section, module.cases(context), QUICK if context.quick else FULL[section])
        peaks = import_module("benchmarks.machine").peaks(rows["machine"]) if rows else {}
        rows[section] = table(section, outcomes, peaks)
    _write(rows, folder, quick=context.quick)


def _write(rows: dict[str, list[dict[str, Any]]], folder: Path, *, quick: bool) -> None:
    import pandas as pd

    from benchmarks.page import page
    from benchmarks.plots import bars, curves

    tables = {section: pd.DataFrame(listed) for section, listed in rows.items()}
    for section, listed in tables.items():
        listed.to_csv(folder / f"{section}.csv", index=False)
        if section == "scaling":
            curves(listed, folder / section)
        elif section != "machine":
            bars(listed, folder / section)
    (folder / "README.md").write_text(page(tables, folder, quick=quick), encoding="utf-8")
    print(f"tables and plots are in {folder}, with {folder / 'README.md'}")
