"""The tables of the companion system `interactions`, read and checked."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from traindyn.plotting.tables import COLUMNS as EXPERIMENT_COLUMNS
from traindyn.plotting.tables import NUMBER, TEXT, natural_order, read_table

COLUMNS: dict[str, dict[str, str]] = {
    "strengths": {
        **dict.fromkeys(["group", "kind"], TEXT),
        **dict.fromkeys(["seed", "step", "order", "positive", "negative", "interactions"], NUMBER),
    },
    "checkpoints": {
        "group": TEXT,
        **dict.fromkeys(["seed", "step", "train_loss", "test_loss", "gap", "train_accuracy", "test_accuracy"], NUMBER),
        **dict.fromkeys(["mean_order", "strength", "variance", "r2"], NUMBER),
    },
    "theory": {"group": TEXT, **dict.fromkeys(["seed", "step", "order", "measured", "predicted"], NUMBER)},
    "phases": {
        "group": TEXT,
        **dict.fromkeys(["seed", "boundary", "first_order", "least_order", "last_order"], NUMBER),
        **dict.fromkeys(["fall", "rise", "gap_opens"], NUMBER),
    },
    "diverged": EXPERIMENT_COLUMNS["diverged"],
}


@dataclass(frozen=True)
class InteractionsTables:
    """The tables of one experiment's interactions, checked; columns as in ``COLUMNS``."""

    experiment: str
    strengths: pd.DataFrame
    checkpoints: pd.DataFrame
    theory: pd.DataFrame
    phases: pd.DataFrame
    diverged: pd.DataFrame

    @cached_property
    def groups(self) -> list[str]:
        """The groups that were studied, sorted with numbers as numbers."""
        return sorted(set(self.checkpoints["group"]), key=natural_order)

    def steps(self, group: str) -> list[int]:
        """The checkpoints of a group."""
        own = self.checkpoints[self.checkpoints["group"] == group]
        return sorted(int(step) for step in set(own["step"]))


def read_interactions_tables(
    experiment: str,
    *,
    strengths: str | Path,
    checkpoints: str | Path,
    theory: str | Path,
    phases: str | Path,
    diverged: str | Path,
) -> InteractionsTables:
    """Read the tables of an experiment's interactions from their files (.parquet or .csv); errors as ``read_table``."""
    paths = {
        "strengths": strengths,
        "checkpoints": checkpoints,
        "theory": theory,
        "phases": phases,
        "diverged": diverged,
    }
    tables = {name: read_table(name, COLUMNS[name], path) for name, path in paths.items()}
    return InteractionsTables(experiment, **tables)
