"""Quantities at the checkpoints of trainings, over steps that span decades."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.curves import summarise
from traindyn.plotting.style import GroupStyle


def draw_checkpoints(
    axes: Axes, checkpoints: pd.DataFrame, quantity: str, styles: Mapping[str, GroupStyle], label: str
) -> None:
    """Mean over seeds of a quantity of each group, with a band."""
    for group, style in styles.items():
        found = summarise(checkpoints[checkpoints["group"] == group], quantity)
        if found.empty:
            continue
        axes.fill_between(found.index, found["low"], found["high"], color=style.colour, alpha=0.18, lw=0)
        axes.plot(found.index, found["mean"], color=style.colour, marker=style.marker, mfc="white", ms=3.6, mew=0.9)
    logarithmic_steps(axes, checkpoints["step"])
    axes.set(xlabel="training step", ylabel=label)


def logarithmic_steps(axes: Axes, steps: pd.Series) -> None:
    """A logarithmic axis of steps on which 0 has its place, one decade before the first of the others."""
    later = steps[steps > 0]
    first = float(later.min()) if len(later) else 1.0
    axes.set_xscale("symlog", linthresh=first, linscale=0.4)
    axes.set_xlim(-0.15 * first, float(steps.max()) * 1.3 if len(later) else 1.0)


def mark_boundaries(axes: Axes, phases: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """A line at the median over seeds of the step between each group's two phases."""
    for group, style in styles.items():
        boundaries = phases[(phases["group"] == group) & np.isfinite(phases["boundary"])]["boundary"]
        if len(boundaries):
            axes.axvline(float(boundaries.median()), color=style.colour, lw=0.9, ls=(0, (2.2, 1.2)), gid="boundary")
