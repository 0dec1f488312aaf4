"""The distances of an experiment as matrices: between groups, and between single spectra."""

import numpy as np
import pandas as pd

from traindyn.errors import InputError
from traindyn.plotting.tables import Tables
from traindyn.plotting.windows import distances_of_first_windows


def group_distances(tables: Tables, measure: str) -> pd.DataFrame:
    """Mean distance by ``measure`` between the spectra of two groups, for all groups that have a spectrum.

    On the diagonal the mean distance between the seeds of a group; between parts of the replicas where the
    group has a single seed; NaN where there are neither.

    Raises:
        InputError: two groups have spectra, but no distance between them is in the table.
    """
    present = set(tables.spectra["group"])
    groups = [group for group in tables.groups if group in present]
    matrix = _means(tables, tables.distances, measure, groups)
    parts = _means(tables, tables.resampled_distances, measure, groups)
    values = matrix.to_numpy()
    missing = np.isnan(values)
    own = np.eye(len(groups), dtype=bool)
    values = np.where(missing & own, parts.to_numpy(), values)
    for a, b in np.argwhere(missing & ~own):
        raise InputError(f"distances table: no {measure} distance between {groups[a]} and {groups[b]}")
    return pd.DataFrame(values, groups, groups)


def spectrum_distances(tables: Tables, measure: str) -> pd.DataFrame:
    """Distances by ``measure`` between single spectra, indexed by (group, seed) on both sides, zero diagonal.

    Raises:
        InputError: a pair of spectra has no distance in the table.
    """
    table = both_ways(distances_of_first_windows(tables, tables.distances, measure))
    keys = ["group_a", "seed_a", "group_b", "seed_b"]
    wide = table.set_index(keys)["distance"].unstack(["group_b", "seed_b"])
    wide = wide.sort_index(axis=0).sort_index(axis=1)
    values = wide.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(values, 0.0)
    if np.isnan(values).any():
        a, b = (wide.index[position] for position in np.argwhere(np.isnan(values))[0])
        raise InputError(f"distances table: no {measure} distance between {a[0]} seed {a[1]} and {b[0]} seed {b[1]}")
    return pd.DataFrame(values, wide.index, wide.index)


def both_ways(distances: pd.DataFrame) -> pd.DataFrame:
    """Every pair in either order: the table holds each once."""
    other = {"a": "b", "b": "a"}
    swapped = {f"{name}_{side}": f"{name}_{other[side]}" for name in ("group", "seed", "window_start") for side in "ab"}
    return pd.concat([distances, distances.rename(columns=swapped)], ignore_index=True)


def _means(tables: Tables, distances: pd.DataFrame, measure: str, groups: list[str]) -> pd.DataFrame:
    table = both_ways(distances_of_first_windows(tables, distances, measure))
    finite = table[np.isfinite(table["distance"])]
    means = finite.groupby(["group_a", "group_b"])["distance"].mean().unstack()
    return means.reindex(index=groups, columns=groups).astype(float)
