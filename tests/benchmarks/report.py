"""Sections measured one after the other; their tables, plots and the page written as soon as they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.context import Context, apart
from benchmarks.machine import peaks
from benchmarks.rounds import Repetitions, measured
from benchmarks.tables import table

FULL = {
    "machine": Repetitions(most=7, seconds=3),
    "koopman": Repetitions(),
    "large": Repetitions(most=5),
    "ensembles": Repetitions(most=5, seconds=15),
    "gpu": Repetitions(most=3, seconds=10),
    "recorder": Repetitions(most=3, seconds=30),
    "distances": Repetitions(most=5),
    "known_answers": Repetitions(most=1),
    "interactions": Repetitions(most=5, least=1, seconds=20),
    "scaling": Repetitions(most=3, least=1, seconds=3),
}
QUICK = Repetitions(most=1)


def write(sections: Sequence[str], context: Context, folder: Path) -> None:
    """Measure the sections (the first is *machine*) into `folder`: a CSV and a plot each, and README.md.

    Raises:
        InputError: a data set is not there.
        RuntimeError: this project, or a reference, failed.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        module = import_module(f"benchmarks.{section}")
        outcomes = measured(section, module.cases(context), QUICK if context.quick else FULL[section])
        if not outcomes:
            continue
        rows[section] = table(section, outcomes, peaks(rows.get("machine", [])))
        # Apart: pandas and matplotlib would count as memory of the cases still to come.
        apart(present, rows, folder, quick=context.quick)
    print(f"tables and plots are in {folder}, with {folder / 'README.md'}")


def present(rows: Mapping[str, list[dict[str, Any]]], folder: Path, *, quick: bool) -> None:
    """Write the tables and plots of the sections so far, and the page."""
    import pandas as pd

    from benchmarks.page import page
    from benchmarks.plots import comparison, curves

    tables = {section: pd.DataFrame(listed) for section, listed in rows.items()}
    for section, listed in tables.items():
        listed.to_csv(folder / f"{section}.csv", index=False)
        if section != "machine":
            (curves if section == "scaling" else comparison)(listed, folder / section)
    (folder / "README.md").write_text(page(tables, folder, quick=quick), encoding="utf-8")
