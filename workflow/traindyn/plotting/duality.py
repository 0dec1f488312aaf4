"""Singular values of the duality map, and how near to a local equilibrium trainings are."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from traindyn.plotting.logarithmic import label_logarithmic
from traindyn.plotting.style import GUIDE, GroupStyle


def draw_singular_values(axes: Axes, values: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Singular values by rank at the last studied step: geometric mean over points and trainings, and extremes."""
    last = values[values["step"] == values.groupby("group")["step"].transform("max")]
    positive = last[last["value"] > 0]
    for group, style in styles.items():
        own = positive[positive["group"] == group]
        logs = np.log10(own["value"]).groupby(own["rank"]).agg(["mean", "min", "max"])
        axes.fill_between(logs.index, 10 ** logs["min"], 10 ** logs["max"], color=style.colour, alpha=0.15, lw=0)
        bars = [10 ** logs["mean"] - 10 ** logs["min"], 10 ** logs["max"] - 10 ** logs["mean"]]
        axes.errorbar(
            logs.index,
            10 ** logs["mean"],
            yerr=bars if len(logs) < 4 else None,
            color=style.colour,
            marker=style.marker,
            ms=2.8,
            mfc="none",
            mew=0.6,
            elinewidth=0.6,
            lw=0.9,
        )
    if positive.empty:
        axes.text(0.5, 0.5, "no map", ha="center", va="center", transform=axes.transAxes)
        return
    axes.set(yscale="log", xlabel="rank", ylabel="singular value of J", xlim=(0.5, positive["rank"].max() + 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    label_logarithmic(axes.yaxis)


def draw_equilibrium(axes: Axes, equilibrium: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """‖mean change‖ over the standard deviation of changes, by step: median over trainings; studied steps are marked.

    Filled markers: every training is at a local equilibrium there, by the criterion of its plan.
    """
    axes.axhline(1, color=GUIDE, lw=0.5, zorder=0)
    for group, style in styles.items():
        own = equilibrium[equilibrium["group"] == group]
        ratio = own.groupby("step")["ratio"].median()
        axes.plot(ratio.index, ratio.where(ratio > 0), color=style.colour, lw=0.9)
        reached = own[own["studied"]].groupby("step")["equilibrium"].all()
        for steps, face in ((reached.index[reached], style.colour), (reached.index[~reached], "white")):
            axes.plot(steps, ratio.loc[steps], ls="none", marker=style.marker, ms=4, mew=0.8, mfc=face, c=style.colour)
    axes.set(yscale="log", xlabel="training step", ylabel="|mean| / deviation")
    axes.margins(x=0.04)
