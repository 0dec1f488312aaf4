"""Spectra -> the table of distances."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from traindyn.compare.measures import Measure, measure
from traindyn.compare.parallel import parallel_map
from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum

PART = 8192  # pairs of one task, whatever the number of workers


def distances(spectra: Sequence[Spectrum], measures: Sequence[str], workers: int = 1) -> pd.DataFrame:
    """Every measure between every two of n spectra: one row per measure and unordered pair, no self-pairs.

    Columns: measure, group_a, seed_a, window_start_a, group_b, seed_b, window_start_b, distance. Within a row
    a stands before b in `spectra`; rows follow `measures`, then the order of the spectra. workers:
    processes that share the work; the table does not depend on their number.
    Raises InputError where a measure is unknown.
    """
    known = [measure(name) for name in measures]
    pairs = np.stack(np.triu_indices(len(spectra), 1), axis=1).astype(np.int64)
    columns = _labels(spectra, pairs)
    values = _values(known, spectra, pairs, workers)
    tables = [_table(each.name, columns, found) for each, found in zip(known, values, strict=True)]
    return pd.concat(tables, ignore_index=True) if tables else _table("", _labels([], pairs[:0]), np.empty(0))


def _values(
    measures: Sequence[Measure], spectra: Sequence[Spectrum], pairs: IntArray, workers: int
) -> list[FloatArray]:
    """The distances of n pairs (n, 2) by each measure: (n,) each."""
    starts = range(0, len(pairs), PART) or [0]
    tasks = [(each, start) for each in range(len(measures)) for start in starts]
    found = parallel_map(
        lambda task: measures[task[0]].pairwise(spectra, pairs[task[1] : task[1] + PART]), tasks, workers
    )
    return [np.concatenate(found[first : first + len(starts)]) for first in range(0, len(tasks), len(starts))]


def _labels(spectra: Sequence[Spectrum], pairs: IntArray) -> dict[str, pd.Series]:
    """The six columns that name the two spectra of each pair."""
    group = pd.Series([spectrum.group for spectrum in spectra], dtype="str")
    seed = pd.Series([spectrum.seed for spectrum in spectra], dtype="int64")
    start = pd.Series([spectrum.window_start for spectrum in spectra], dtype="int64")
    return {
        f"{name}_{side}": values.take(pairs[:, column]).reset_index(drop=True)
        for column, side in enumerate("ab")
        for name, values in (("group", group), ("seed", seed), ("window_start", start))
    }


def _table(name: str, columns: dict[str, pd.Series], values: FloatArray) -> pd.DataFrame:
    named = pd.Series([name], dtype="str").repeat(len(values)).reset_index(drop=True)
    return pd.DataFrame({"measure": named, **columns, "distance": values.astype(np.float64)})
