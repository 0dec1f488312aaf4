"""Training and test curves, seed by seed: a mean would smear what each seed does suddenly, at a time of its own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GroupStyle

LOG_STEPS = 1000  # trainings at least this long get a logarithmic step axis
_DASHES = (0, (2.2, 1.2))


def draw_seeds(
    axes: Axes, curves: pd.DataFrame, tested: str, trained: str, styles: Mapping[str, GroupStyle], *, label: str
) -> None:
    """One solid line per seed for the column ``tested``, one dashed line for ``trained``."""
    for group, style in styles.items():
        own = curves[curves["group"] == group]
        for quantity, line in ((trained, _DASHES), (tested, "-")):
            for steps, values in finite_runs(own, quantity):
                axes.plot(steps, values, color=style.colour, ls=line, lw=0.8, alpha=0.7, gid=f"{quantity} {group}")
    axes.set_xlabel("training step")
    axes.set_ylabel(label)
    axes.margins(x=0.02)
    if is_long(curves):
        axes.set_xscale("log")
        axes.set_xlim(left=0.8 * first_positive_step(curves))


def finite_runs(own: pd.DataFrame, quantity: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Steps and values of each seed, where they are finite; seeds without any are left out."""
    finite = own[np.isfinite(own[quantity])].sort_values("step")
    return [(run["step"].to_numpy(), run[quantity].to_numpy()) for _, run in finite.groupby("seed")]


def is_long(curves: pd.DataFrame) -> bool:
    """Whether the steps are so many that early and late training need a logarithmic axis to be seen together."""
    return bool(curves["step"].max() >= LOG_STEPS)


def first_positive_step(curves: pd.DataFrame) -> float:
    """The first step that a logarithmic axis can show."""
    return float(curves.loc[curves["step"] > 0, "step"].min())
