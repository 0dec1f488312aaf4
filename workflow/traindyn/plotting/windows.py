"""A figure shows one window of each group: the first."""

import pandas as pd

from traindyn.plotting.tables import Tables


def first_windows(spectra: pd.DataFrame) -> pd.Series:
    """First step of the earliest window of each group, indexed by group."""
    return spectra.groupby("group")["window_start"].min()


def spectra_of_first_windows(tables: Tables) -> pd.DataFrame:
    """The spectra of every group's earliest window."""
    starts = tables.spectra["group"].map(first_windows(tables.spectra))
    return tables.spectra[tables.spectra["window_start"] == starts]


def distances_of_first_windows(tables: Tables, distances: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The distances by ``measure`` between spectra of earliest windows."""
    first = first_windows(tables.spectra)
    of_measure = distances["measure"] == measure
    first_a = distances["window_start_a"] == distances["group_a"].map(first)
    first_b = distances["window_start_b"] == distances["group_b"].map(first)
    return distances[of_measure & first_a & first_b]
