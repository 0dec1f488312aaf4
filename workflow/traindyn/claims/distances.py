"""Distances by seed, from the table of distances."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from traindyn.compare.seeds import SeedDistances


def paired(table: pd.DataFrame, measure: str, a: str, b: str) -> "pd.Series[float]":
    """Seed → distance between groups a and b, at each seed that both have; mean over equal windows."""
    known = SeedDistances(table[table["measure"] == measure])
    both = sorted({*known.seeds(a)} & {*known.seeds(b)})
    values = known.between([(a, seed) for seed in both], [(b, seed) for seed in both]).diagonal()
    return pd.Series(values, index=both, dtype=np.float64).dropna()


def within(table: pd.DataFrame, measure: str, group: str) -> NDArray[np.float64]:
    """Distances between the seeds of a group, (n, n), 0 on the diagonal."""
    known = SeedDistances(table[table["measure"] == measure])
    units = [(group, seed) for seed in known.seeds(group)]
    return known.between(units, units)
