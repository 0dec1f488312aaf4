"""Densities of fluctuations, and the exponents of power laws among them, beside those that are predicted."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GUIDE, SMALL, GroupStyle

_BELOW = 1e-2  # of the smallest measured density: predictions that lie lower are cut
KIND_MARKERS = {"weight": "s", "direction": "D"}


def shown(exponents: pd.DataFrame, kind: str) -> Iterator[tuple[str, pd.Series]]:
    """Group → the row of its variable of this kind that varies most: first training, last studied step."""
    own = exponents[exponents["kind"] == kind]
    for group, rows in own.groupby("group"):
        first = rows[(rows["seed"] == rows["seed"].min()) & (rows["replica"] == 0)]
        last = first[first["step"] == first["step"].max()]
        yield str(group), last.loc[last["deviation"].idxmax()]


def draw_densities(
    axes: Axes, exponents: pd.DataFrame, densities: pd.DataFrame, kind: str, styles: Mapping[str, GroupStyle]
) -> None:
    """Of one variable of each group: the density of |q| (markers), fitted power law (line), prediction (dotted)."""
    for group, row in shown(exponents, kind):
        style = styles[group]
        keys = ["group", "seed", "replica", "step", "kind", "variable"]
        own = densities[(densities[keys] == row[keys]).all(axis=1) & (densities["density"] > 0)]
        middles = np.sqrt(own["low"] * own["high"])
        axes.plot(middles, own["density"], ls="none", marker=style.marker, ms=2.6, mew=0.5, mfc="none", c=style.colour)
        predicted = own["predicted"].where(own["predicted"] > _BELOW * own["density"].min())
        axes.plot(middles, predicted, color=style.colour, ls=(0, (1, 1)), lw=0.9)
        if np.isfinite(row["exponent"]):
            ends = np.array([row["low"], row["high"]])
            axes.plot(ends, _fitted(row, ends), color=style.colour, lw=1.3)
    if not axes.lines:
        axes.text(0.5, 0.5, f"no {kind} studied", ha="center", va="center", transform=axes.transAxes)
        return
    axes.set(xscale="log", yscale="log", xlabel="size of a change |q|", ylabel="density P(|q|)")


def _fitted(row: pd.Series, q: np.ndarray) -> np.ndarray:
    """The fitted law, normalised to the share of samples in its range."""
    power = row["exponent"] + 1
    low, high = float(np.log(row["low"])), float(np.log(row["high"]))
    # ∫ q^κ dq over the range, in ln q: no overflow, and power = 0 is its limit.
    grid = np.linspace(low, high, 400)
    norm = np.trapezoid(np.exp(power * (grid - high)), grid)
    share = row["inside"] / row["samples"]
    return share / norm * np.exp(power * (np.log(q) - high)) / q


def draw_exponents_by_group(axes: Axes, exponents: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Exponents at the last studied step: measured (filled, 95 % interval) and predicted (open) of every variable."""
    last = exponents[exponents["step"] == exponents.groupby("group")["step"].transform("max")]
    for place, (group, style) in enumerate(styles.items()):
        own = last[last["group"] == group]
        variables = list(dict.fromkeys(zip(own["kind"], own["variable"], strict=True)))
        for number, (kind, variable) in enumerate(variables):
            height = place - 0.3 + 0.6 * (number + 0.5) / len(variables)
            rows = own[(own["kind"] == kind) & (own["variable"] == variable)]
            marker = KIND_MARKERS[kind]
            kwargs: dict[str, Any] = {"ls": "none", "marker": marker, "color": style.colour}
            heights = np.full(len(rows), height)
            axes.errorbar(rows["exponent"], heights, xerr=1.96 * rows["error"], ms=2.8, elinewidth=0.7, **kwargs)
            axes.plot(rows["predicted"], heights, ms=5, mew=0.7, mfc="none", **kwargs)
            if rows["exponent"].isna().all():
                axes.annotate(
                    "no power law" if len(variables) < 4 else "–",
                    (0.99, height),
                    xycoords=("axes fraction", "data"),
                    ha="right",
                    va="center",
                    fontsize=SMALL - 1.5,
                    color=GUIDE,
                )
    axes.set(yticks=range(len(styles)), ylim=(len(styles) - 0.5, -0.5), xlabel="exponent d ln P / d ln |q|")
    axes.set_yticklabels(list(styles))
    axes.margins(x=0.08)
    for place in range(1, len(styles)):
        axes.axhline(place - 0.5, color=GUIDE, lw=0.3)


def draw_exponents_over_steps(axes: Axes, exponents: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Exponents of every variable of the first training over the studied steps."""
    first = exponents[(exponents["seed"] == exponents["seed"].min()) & (exponents["replica"] == 0)]
    for group, style in styles.items():
        for (kind, _), rows in first[first["group"] == group].groupby(["kind", "variable"]):
            axes.plot(
                rows["step"],
                rows["exponent"],
                color=style.colour,
                lw=0.7,
                marker=KIND_MARKERS[str(kind)],
                ms=2.8,
                alpha=0.8,
            )
    if not exponents["exponent"].notna().any():
        axes.text(0.5, 0.5, "no power law", ha="center", va="center", transform=axes.transAxes)
    axes.set(xlabel="training step", ylabel="exponent")
    axes.margins(x=0.06)
