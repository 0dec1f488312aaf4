"""Learning curves: one line per group over the training steps, with a band over the seeds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from traindyn.plotting.style import GroupStyle

BAND = (0.1, 0.9)  # quantiles over the seeds
BAND_NAME = "10th–90th percentile"


def has_values(curves: pd.DataFrame, quantity: str) -> bool:
    """Whether ``quantity`` was recorded at all."""
    return bool(np.isfinite(curves[quantity]).any())


def summarise(curves: pd.DataFrame, quantity: str, *, absolute: bool = False) -> pd.DataFrame:
    """Mean and quantiles of ``quantity`` over the seeds that have a finite value, for each step.

    Returns:
        Indexed by step, columns ``mean, low, high, seeds``; steps without a finite value are left out.
    """
    values = curves[quantity].abs() if absolute else curves[quantity]
    finite = values[np.isfinite(values)].groupby(curves["step"])
    columns = {"mean": finite.mean(), "low": finite.quantile(BAND[0]), "high": finite.quantile(BAND[1])}
    return pd.DataFrame({**columns, "seeds": finite.size()})


def draw_curves(
    axes: Axes,
    curves: pd.DataFrame,
    quantity: str,
    styles: Mapping[str, GroupStyle],
    *,
    label: str,
    absolute: bool = False,
    log: bool = False,
) -> None:
    """Draw ``quantity`` (its magnitude if ``absolute``) of each group: mean over seeds and a band."""
    for i, (group, style) in enumerate(styles.items()):
        summary = summarise(curves[curves["group"] == group], quantity, absolute=absolute)
        if summary.empty:
            continue
        steps = summary.index.to_numpy()
        if summary["seeds"].max() > 1:
            axes.fill_between(steps, summary["low"], summary["high"], color=style.colour, alpha=0.18, lw=0)
        axes.plot(
            steps,
            summary["mean"],
            color=style.colour,
            label=group,
            **_markers(style, len(steps), i, len(styles)),
        )
    if log:
        logarithmic(axes)
    axes.set_xlabel("training step")
    axes.set_ylabel(label)
    axes.margins(x=0.02)


def mark_divergence(axes: Axes, diverged: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """A cross at the upper edge for each seed that diverged, at its first step with NaN or infinity."""
    first = diverged.groupby(["group", "seed"], as_index=False)["step"].min()
    for group, rows in first.groupby("group"):
        axes.plot(
            rows["step"],
            np.full(len(rows), 0.97),
            ls="none",
            marker="x",
            ms=4.5,
            mew=1.3,
            color=styles[str(group)].colour,
            transform=axes.get_xaxis_transform(),
            gid="diverged",
        )


def logarithmic(axes: Axes) -> None:
    """A logarithmic vertical axis; ticks at 1, 2 and 5 where it spans too little for powers of ten."""
    axes.set_yscale("log", nonpositive="clip")
    low, high = axes.get_ylim()
    axes.yaxis.set_minor_formatter(NullFormatter())
    if high < 20 * low:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _markers(style: GroupStyle, points: int, place: int, groups: int) -> dict[str, Any]:
    """About eight markers on a line, shifted between the groups: lines lying on each other stay apart."""
    every = max(1, points // 8)
    return {
        "marker": style.marker,
        "markevery": (place * every // groups if points > groups else 0, every),
        "mfc": "white",
        "ms": 3.6,
        "mew": 0.9,
    }
