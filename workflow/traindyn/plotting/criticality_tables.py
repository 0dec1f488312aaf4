"""The tables of the companion system `criticality`, read and checked."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from traindyn.plotting.tables import COLUMNS as EXPERIMENT_COLUMNS
from traindyn.plotting.tables import FLAG, NUMBER, TEXT, natural_order, read_table

_RUN = {"group": TEXT, **dict.fromkeys(["seed", "replica", "step"], NUMBER)}
_VARIABLE = dict.fromkeys(["kind", "variable"], TEXT)
_LAW = ("exponent", "error", "low", "high", "decades", "inside", "fit_p", "lognormal_p", "predicted", "disagreement")
COLUMNS: dict[str, dict[str, str]] = {
    "equilibrium": {**_RUN, "ratio": NUMBER, "equilibrium": FLAG, "studied": FLAG},
    "exponents": {**_RUN, **_VARIABLE, **dict.fromkeys(["samples", "used", "deviation", "whole_p", *_LAW], NUMBER)},
    "densities": {**_RUN, **_VARIABLE, **dict.fromkeys(["low", "high", "count", "density", "predicted"], NUMBER)},
    "singular_values": {**_RUN, **dict.fromkeys(["point", "samples", "rank", "value"], NUMBER)},
    "diverged": EXPERIMENT_COLUMNS["diverged"],
}


@dataclass(frozen=True)
class CriticalityTables:
    """The tables of the fluctuations of one experiment, checked; columns as in ``COLUMNS``."""

    experiment: str
    equilibrium: pd.DataFrame
    exponents: pd.DataFrame
    densities: pd.DataFrame
    singular_values: pd.DataFrame
    diverged: pd.DataFrame

    @cached_property
    def groups(self) -> list[str]:
        """The groups that were studied, sorted with numbers as numbers."""
        return sorted(set(self.equilibrium["group"]), key=natural_order)


def read_criticality_tables(
    experiment: str,
    *,
    equilibrium: str | Path,
    exponents: str | Path,
    densities: str | Path,
    singular_values: str | Path,
    diverged: str | Path,
) -> CriticalityTables:
    """Read the tables of an experiment's fluctuations from their files (.parquet or .csv); errors as ``read_table``."""
    paths = {
        "equilibrium": equilibrium,
        "exponents": exponents,
        "densities": densities,
        "singular_values": singular_values,
        "diverged": diverged,
    }
    tables = {name: read_table(name, COLUMNS[name], path) for name, path in paths.items()}
    return CriticalityTables(experiment, **tables)
