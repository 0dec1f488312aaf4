"""Lyapunov exponents beside the rates of Koopman spectra, by rank."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.exponents import QUANTILES
from traindyn.plotting.style import GUIDE, GroupStyle


def draw_rates(axes: Axes, rates: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Of each group's last window: median over seeds of the rate at each rank, bars from 10th to 90th percentile."""
    axes.axhline(0, color=GUIDE, lw=0.5, zorder=0)
    for place, (group, style) in enumerate(styles.items()):
        own = rates[rates["group"] == group]
        own = own[own["window_start"] == own["window_start"].max()]
        for source, kind in own.groupby("source"):
            found = kind.groupby("rank")["rate"].quantile(np.array(QUANTILES)).unstack()
            shift = 0.22 * (place - (len(styles) - 1) / 2) / max(1, len(styles) / 2)
            axes.errorbar(
                found.index + shift,
                found[0.5],
                yerr=[found[0.5] - found[0.1], found[0.9] - found[0.5]],
                ls="none",
                marker=style.marker,
                ms=3.4,
                mew=0.8,
                elinewidth=0.6,
                color=style.colour,
                mfc=style.colour if source == "Lyapunov" else "white",
            )
    if rates.empty:
        axes.text(0.5, 0.5, "no window in common", ha="center", va="center", transform=axes.transAxes)
    else:
        # Koopman modes of rounding alone reach far down: what both have in common is what can be compared.
        lowest = rates.groupby("source")["rate"].quantile(0.02).max()
        top = rates["rate"].quantile(0.99)
        axes.set_ylim(lowest - 0.35 * (top - lowest), top + 0.25 * (top - lowest))
    axes.set(xlabel="rank", ylabel="rate (per step)")
