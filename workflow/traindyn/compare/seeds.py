"""The table of distances -> matrices between seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from traindyn.compare.spectrum import FloatArray, IntArray

Unit = tuple[str, int]  # group, seed


class SeedDistances:
    """The distances of one measure between seeds, each the mean over the windows that both seeds have."""

    def __init__(self, table: pd.DataFrame) -> None:
        """table: the rows of one measure, with the columns of the table of distances."""
        table = table[table["window_start_a"] == table["window_start_b"]]
        units, a, b = _units(table)
        self._place = {unit: position for position, unit in enumerate(units)}
        self._matrix = _mean_matrix(a, b, table["distance"].to_numpy(dtype=np.float64), len(units))

    def seeds(self, group: str) -> list[int]:
        """The seeds of a group that have a distance to another seed, ascending."""
        return [seed for name, seed in self._place if name == group]

    def between(self, rows: Sequence[Unit], columns: Sequence[Unit]) -> FloatArray:
        """Distances between units: (len(rows), len(columns)), NaN where two share no window."""
        i, j = ([self._place.get(unit, -1) for unit in side] for side in (rows, columns))
        return self._matrix[np.ix_(np.array(i, dtype=int), np.array(j, dtype=int))]


def _units(table: pd.DataFrame) -> tuple[list[Unit], IntArray, IntArray]:
    """Every (group, seed) that a table of distances names, sorted, and the places of each row's a and b among them."""
    groups, labels = pd.factorize(pd.concat([table["group_a"], table["group_b"]]), sort=True)
    seeds, numbers = pd.factorize(pd.concat([table["seed_a"], table["seed_b"]]), sort=True)
    found, places = np.unique(groups * len(numbers) + seeds, return_inverse=True)
    units = [(str(labels[code // len(numbers)]), int(numbers[code % len(numbers)])) for code in found.tolist()]
    return units, places[: len(table)], places[len(table) :]


def _mean_matrix(a: IntArray, b: IntArray, values: FloatArray, units: int) -> FloatArray:
    """Symmetric matrix of mean distances, 0 on the diagonal; a last row and column of NaN for the unknown."""
    n = units + 1
    sums = np.bincount(a * n + b, weights=values, minlength=n * n).reshape(n, n)
    counts = np.bincount(a * n + b, minlength=n * n).reshape(n, n)
    sums, counts = sums + sums.T, counts + counts.T
    matrix = np.divide(sums, counts, out=np.full((n, n), np.nan), where=counts > 0)
    matrix[np.arange(units), np.arange(units)] = 0.0
    return matrix
