"""Spectra -> the table of distances."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from traindyn.compare.measures import measure
from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum


def distances(spectra: Sequence[Spectrum], measures: Sequence[str]) -> pd.DataFrame:
    """Every measure between every two of n spectra: one row per measure and unordered pair, no self-pairs.

    Columns: measure, group_a, seed_a, window_start_a, group_b, seed_b, window_start_b, distance. Within a row
    a stands before b in `spectra`; rows follow `measures`, then the order of the spectra.
    Raises InputError where a measure is unknown.
    """
    known = [measure(name) for name in measures]
    pairs = np.stack(np.triu_indices(len(spectra), 1), axis=1).astype(np.int64)
    columns = _labels(spectra, pairs)
    tables = [_table(each.name, columns, each.pairwise(spectra, pairs)) for each in known]
    return pd.concat(tables, ignore_index=True) if tables else _table("", _labels([], pairs[:0]), np.empty(0))


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
