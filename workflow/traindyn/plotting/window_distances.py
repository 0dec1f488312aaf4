"""Distances between the windows of training, as matrices: of one group with itself, and of two groups."""

from itertools import combinations

import numpy as np
import pandas as pd

from traindyn.errors import InputError
from traindyn.plotting.group_distances import both_ways
from traindyn.plotting.tables import Tables

Pair = tuple[str, str]


def windows_by_group(tables: Tables) -> dict[str, list[int]]:
    """First steps of the windows of every group that has a spectrum, ascending."""
    starts = tables.spectra.groupby("group")["window_start"].unique()
    return {group: sorted(int(start) for start in starts[group]) for group in tables.groups if group in starts}


def window_distances(tables: Tables, measure: str) -> dict[Pair, pd.DataFrame]:
    """Mean distance between every two windows: (a, a) for every group, then (a, b) for every pair.

    Rows are the windows of a, columns those of b, named by their first steps. Means run over pairs of different
    seeds, so that a window's distance from itself is that between seeds, the noise level. Where two groups have no
    such pair, having one seed each, over equal seeds; a window's distance from itself is then NaN.

    Raises:
        InputError: two windows have spectra, but no distance between them is in the table.
    """
    windows = windows_by_group(tables)
    table = tables.distances[(tables.distances["measure"] == measure) & np.isfinite(tables.distances["distance"])]
    every = both_ways(table)
    pairs = [*((group, group) for group in windows), *combinations(windows, 2)]
    return {(a, b): _matrix(every, a, b, windows) for a, b in pairs}


def _matrix(table: pd.DataFrame, a: str, b: str, windows: dict[str, list[int]]) -> pd.DataFrame:
    own = table[(table["group_a"] == a) & (table["group_b"] == b)]
    apart = own[own["seed_a"] != own["seed_b"]]
    used = own if apart.empty else apart
    means = used.groupby(["window_start_a", "window_start_b"])["distance"].mean().unstack()
    matrix = means.reindex(index=windows[a], columns=windows[b]).astype(float)
    missing = np.isnan(matrix.to_numpy())
    if a == b:
        np.fill_diagonal(missing, False)
    for i, j in np.argwhere(missing):
        raise InputError(
            f"distances table: no distance between the windows of {a} from step {windows[a][i]} "
            f"and of {b} from step {windows[b][j]}"
        )
    return matrix
