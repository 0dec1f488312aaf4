"""The tables of the companion system `stability`, read and checked."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from traindyn.plotting.tables import COLUMNS as EXPERIMENT_COLUMNS
from traindyn.plotting.tables import NUMBER, TEXT, natural_order, read_table

_SCORES = ("spearman", "auc", "gain")
COLUMNS: dict[str, dict[str, str]] = {
    "exponents": {
        "group": TEXT,
        **dict.fromkeys(["seed", "replica", "step", "index", "exponent", "local", "loss", "final_loss"], NUMBER),
    },
    "angles": {
        "group": TEXT,
        **dict.fromkeys(["seed", "replica", "step", "cut", "vectors", "subspaces", "gap"], NUMBER),
    },
    "predictions": {
        **dict.fromkeys(["group", "predictor"], TEXT),
        **dict.fromkeys(["step", "runs"], NUMBER),
        **{f"{score}{end}": NUMBER for score in _SCORES for end in ("", "_low", "_high")},
    },
    "rates": {
        **dict.fromkeys(["group", "source"], TEXT),
        **dict.fromkeys(["seed", "window_start", "window_stop", "rank", "rate"], NUMBER),
    },
    "diverged": EXPERIMENT_COLUMNS["diverged"],
}


@dataclass(frozen=True)
class StabilityTables:
    """The tables of one experiment's stability, checked; columns as in ``COLUMNS``."""

    experiment: str
    exponents: pd.DataFrame
    angles: pd.DataFrame
    predictions: pd.DataFrame
    rates: pd.DataFrame
    diverged: pd.DataFrame

    @cached_property
    def groups(self) -> list[str]:
        """The groups that were studied, sorted with numbers as numbers."""
        return sorted(set(self.exponents["group"]), key=natural_order)


def read_stability_tables(
    experiment: str,
    *,
    exponents: str | Path,
    angles: str | Path,
    predictions: str | Path,
    rates: str | Path,
    diverged: str | Path,
) -> StabilityTables:
    """Read the tables of an experiment's stability from their files (.parquet or .csv); errors as ``read_table``."""
    paths = {
        "exponents": exponents,
        "angles": angles,
        "predictions": predictions,
        "rates": rates,
        "diverged": diverged,
    }
    return StabilityTables(experiment, **{name: read_table(name, COLUMNS[name], path) for name, path in paths.items()})
