"""The table of distances -> matrices between seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from traindyn.compare.spectrum import FloatArray, IntArray

Unit = tuple[str, int]  # group, seed


def units_of(table: pd.DataFrame) -> list[Unit]:
    """Every (group, seed) that a table of distances names, sorted."""
    sides = (zip(table[f"group_{s}"], table[f"seed_{s}"].astype(int), strict=True) for s in "ab")
    return sorted({unit for side in sides for unit in side})


class SeedDistances:
    """The distances of one measure between seeds, each the mean over the windows that both seeds have."""

    def __init__(self, table: pd.DataFrame) -> None:
        """table: the rows of one measure, with the columns of the table of distances."""
        table = table[table["window_start_a"] == table["window_start_b"]]
        self._place = {unit: position for position, unit in enumerate(units_of(table))}
        self._matrix = _mean_matrix(table, self._place)

    def seeds(self, group: str) -> list[int]:
        """The seeds of a group that have a distance to another seed, ascending."""
        return [seed for name, seed in self._place if name == group]

    def between(self, rows: Sequence[Unit], columns: Sequence[Unit]) -> FloatArray:
        """Distances between units: (len(rows), len(columns)), NaN where two share no window."""
        i, j = ([self._place.get(unit, -1) for unit in side] for side in (rows, columns))
        return self._matrix[np.ix_(np.array(i, dtype=int), np.array(j, dtype=int))]


def _mean_matrix(table: pd.DataFrame, place: dict[Unit, int]) -> FloatArray:
    """Symmetric matrix of mean distances, 0 on the diagonal; a last row and column of NaN for the unknown."""
    n = len(place) + 1
    a, b = (_positions(table, side, place) for side in "ab")
    values = table["distance"].to_numpy(dtype=np.float64)
    sums = np.bincount(a * n + b, weights=values, minlength=n * n).reshape(n, n)
    counts = np.bincount(a * n + b, minlength=n * n).reshape(n, n)
    sums, counts = sums + sums.T, counts + counts.T
    matrix = np.divide(sums, counts, out=np.full((n, n), np.nan), where=counts > 0)
    matrix[np.arange(n - 1), np.arange(n - 1)] = 0.0
    return matrix


def _positions(table: pd.DataFrame, side: str, place: dict[Unit, int]) -> IntArray:
    units = zip(table[f"group_{side}"], table[f"seed_{side}"].astype(int), strict=True)
    return np.array([place[unit] for unit in units], dtype=np.int64)
