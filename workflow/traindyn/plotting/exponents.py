"""Lyapunov exponents over training steps, and their distribution by group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GUIDE, GroupStyle

QUANTILES = (0.1, 0.5, 0.9)
LINEAR = 0.01  # exponents nearer to 0 are drawn on a linear scale
EARLY = 0.1  # of the followed span: where predictions are drawn training by training


def early_step(exponents: pd.DataFrame) -> float:
    """The first reported step after a tenth of the last one."""
    steps = np.unique(exponents["step"])
    return float(steps[np.searchsorted(steps, EARLY * steps[-1])])


def first_and_last(exponents: pd.DataFrame) -> tuple[int, int]:
    """Index of the largest exponent and of the smallest one followed."""
    return int(exponents["index"].min()), int(exponents["index"].max())


def draw_exponents(axes: Axes, exponents: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """First and last exponent from the start to each step: median over trainings, and a band."""
    axes.axhline(0, color=GUIDE, lw=0.5, zorder=0)
    for group, style in styles.items():
        for index, line in zip(first_and_last(exponents), ("-", (0, (2.2, 1.2))), strict=True):
            own = exponents[(exponents["group"] == group) & (exponents["index"] == index)]
            found = own.groupby("step")["exponent"].quantile(np.array(QUANTILES)).unstack()
            axes.fill_between(found.index, found[0.1], found[0.9], color=style.colour, alpha=0.15, lw=0)
            axes.plot(found.index, found[0.5], color=style.colour, ls=line)
    # Leading exponents are near 0, the last ones far below.
    axes.set_yscale("symlog", linthresh=LINEAR)
    axes.set(xlabel="training step", ylabel="exponent (per step)")
    axes.margins(x=0.02)


def draw_distribution(axes: Axes, exponents: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """The largest exponent of every training at the last step, and the mean of all followed ones (crosses)."""
    last = exponents[exponents["step"] == exponents["step"].max()]
    runs = ["group", "seed", "replica"]
    largest = last[last["index"] == 1].set_index(runs)["exponent"]
    mean = last.groupby(runs)["exponent"].mean()
    axes.axvline(0, color=GUIDE, lw=0.5, zorder=0)
    for place, (group, style) in enumerate(styles.items()):
        for values, up, marker in ((largest, -0.17, style.marker), (mean, 0.17, "x")):
            own = np.sort(values[values.index.get_level_values("group") == group].dropna())
            # Spread by rank, so that equal tables give equal figures.
            height = place + up + 0.12 * np.sin(2.4 * np.arange(len(own)))
            axes.plot(own, height, ls="none", marker=marker, ms=2.6, mew=0.6, color=style.colour, alpha=0.7, mfc="none")
            if len(own):
                axes.plot([np.median(own)] * 2, [place + up - 0.15, place + up + 0.15], color="black", lw=1.2, zorder=4)
    if max(largest.abs().max(), mean.abs().max()) > LINEAR:
        axes.set_xscale("symlog", linthresh=LINEAR)
    axes.set(yticks=range(len(styles)), ylim=(len(styles) - 0.5, -0.5), xlabel="exponent (×: mean of all followed)")
    axes.set_yticklabels(["" for _ in styles])
    for place, group in enumerate(styles):
        axes.annotate(group, (0.01, place - 0.42), xycoords=("axes fraction", "data"), va="center", fontsize=6.5)
