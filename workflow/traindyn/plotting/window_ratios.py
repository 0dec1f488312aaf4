"""Ratios of distances between consecutive windows to distances between seeds: what transitions are read from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.logarithmic import label_logarithmic
from traindyn.plotting.style import GUIDE, GroupStyle

# From one group to the next at the same step: of the steps shown, and at most of those between two boundaries.
_ASIDE, _ASIDE_AT_MOST = 0.01, 0.5


def draw_ratios(axes: Axes, boundaries: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Every boundary's ratio with its interval at its step; transitions filled.

    boundaries: rows of the table of transitions by one measure.
    """
    axes.axhline(1, color=GUIDE, lw=0.8, zorder=0, gid="seed noise")
    known = boundaries[np.isfinite(boundaries["ratio"]) & (boundaries["ratio"] > 0)]
    shifts = _shifts(known, len(styles))
    for (group, style), shift in zip(styles.items(), shifts, strict=True):
        own = known[known["group"] == group]
        steps = own["step"] + shift
        axes.vlines(steps, own["ratio_low"], own["ratio_high"], color=style.colour, lw=0.9, gid=f"interval {group}")
        for transition, face in ((False, "white"), (True, style.colour)):
            at = own["transition"] == transition
            look: dict[str, Any] = {"marker": style.marker, "ms": 4, "mfc": face, "mec": style.colour, "mew": 0.9}
            axes.plot(steps[at], own["ratio"][at], ls="none", gid=f"ratio {group} {transition}", **look)
    if known.empty:
        axes.text(0.5, 0.4, "not tested: fewer than two units", ha="center", transform=axes.transAxes)
    axes.set_yscale("log")
    label_logarithmic(axes.yaxis)
    axes.set(xlabel="training step", ylabel="between / within")


def _shifts(known: pd.DataFrame, groups: int) -> np.ndarray:
    """In steps, for every group: intervals at the same step stand side by side."""
    steps = np.unique(known["step"])
    aside = _ASIDE * float(steps.max()) if len(steps) else 0.0
    if len(steps) > 1:
        aside = min(aside, _ASIDE_AT_MOST * float(np.diff(steps).min()) / groups)
    return (np.arange(groups) - (groups - 1) / 2) * aside
