"""The lines under a figure of windows: what is averaged, what was tested, where transitions are."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from traindyn.plotting.tables import Tables
from traindyn.plotting.verdicts import tested_over

_SHOWN = 25  # replicas of which the table of trajectories keeps examples


def window_notes(tables: Tables, transitions: Mapping[str, Sequence[int]], measure: str) -> list[str]:
    """Notes for groups whose windows are compared; none where no group has a spectrum."""
    if tables.spectra.empty:
        return []
    boundaries = tables.transitions[tables.transitions["measure"] == measure]
    if not np.isfinite(boundaries["ratio_low"]).any():
        return [_averages(tables), "Transitions: not tested, which takes three seeds, or parts of one seed's replicas."]
    return [_averages(tables), _tests(tables, measure), _found(boundaries, transitions)]


def _averages(tables: Tables) -> str:
    seeds = tables.spectra.groupby("group")["seed"].nunique()
    replicas = int(tables.trajectories["replica"].nunique())
    count = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()}–{seeds.max()}"
    each = f", each fitted to {replicas}{' or more' * (replicas >= _SHOWN)} replicas" if replicas > 1 else ""
    if seeds.max() == 1:
        return f"Maps: distances at equal seeds (1 seed{each}): their diagonal is empty, for want of a noise level."
    return (
        f"Maps: means over pairs of different seeds ({count} seeds per group{each}); "
        "within a group the diagonal is the distance between seeds in one window, the noise level."
    )


def _tests(tables: Tables, measure: str) -> str:
    judged = tables.window_verdicts[tables.window_verdicts["measure"] == measure]
    return (
        "Transition: the test tells a window from the last one before it (non-conjugate: q < α over the "
        f"experiment's {len(judged)} pairs of windows, and the interval of between / within lies above 1). "
        f"{tested_over(judged)}"
    )


def _found(boundaries: pd.DataFrame, transitions: Mapping[str, Sequence[int]]) -> str:
    tested = list(dict.fromkeys(boundaries["group"]))
    parts = [f"{group}: {', '.join(map(str, transitions.get(group, []))) or 'none found'}" for group in tested]
    return f"Steps of transitions: {'; '.join(parts)}."
