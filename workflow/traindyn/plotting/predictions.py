"""What an early exponent tells of the final loss, beside what the loss at the same step tells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from traindyn.plotting.logarithmic import label_logarithmic
from traindyn.plotting.style import GUIDE, GroupStyle

LINES = {"exponent 1": "-", "mean exponent": (0, (1, 1)), "loss": (0, (3.5, 1.4))}
_NOTHING = {"spearman": 0.0, "auc": 0.5, "gain": 0.0}
_LABELS = {"spearman": "Spearman's ρ", "auc": "AUC", "gain": "|ρ| − |ρ of the loss|"}


def draw_final_losses(
    axes: Axes, exponents: pd.DataFrame, column: str, step: float, styles: Mapping[str, GroupStyle]
) -> None:
    """A marker per training: its final loss over its first exponent, or its loss, at a step."""
    own = exponents[(exponents["step"] == step) & (exponents["index"] == 1)]
    for group, style in styles.items():
        runs = own[(own["group"] == group) & np.isfinite(own["final_loss"])]
        axes.plot(
            runs[column],
            runs["final_loss"],
            ls="none",
            marker=style.marker,
            ms=3,
            mew=0.6,
            mfc="none",
            color=style.colour,
            alpha=0.7,
        )
    if (own["final_loss"] > 0).any():
        axes.set_yscale("log", nonpositive="clip")
        label_logarithmic(axes.yaxis)
    axes.set(xlabel="exponent 1 (per step)" if column == "exponent" else "training loss", ylabel="final loss")
    if column == "loss" and (own[column] > 0).any():
        axes.set_xscale("log", nonpositive="clip")
        label_logarithmic(axes.xaxis)
    else:
        axes.locator_params(axis="x", nbins=5)


def draw_scores(axes: Axes, predictions: pd.DataFrame, score: str, styles: Mapping[str, GroupStyle]) -> None:
    """A score of every predictor over the step at which it is taken; bands for the first exponent and the loss."""
    axes.axhline(_NOTHING[score], color=GUIDE, lw=0.5, zorder=0)
    for group, style in styles.items():
        for predictor, line in LINES.items():
            own = predictions[(predictions["group"] == group) & (predictions["predictor"] == predictor)]
            axes.plot(own["step"], own[score], color=style.colour, ls=line, lw=1.0)
            if predictor == "exponent 1":
                low, high = own[f"{score}_low"], own[f"{score}_high"]
                axes.fill_between(own["step"], low, high, color=style.colour, alpha=0.12, lw=0)
    if predictions.empty:
        axes.text(0.5, 0.5, "too few trainings", ha="center", va="center", transform=axes.transAxes)
    limits = (-1.04, 1.04) if score != "auc" else (-0.02, 1.02)
    axes.set(xlabel="training step", ylabel=_LABELS[score], ylim=limits)
    axes.margins(x=0.02)
    if score == "spearman" and len(predictions):
        handles = [Line2D([], [], color="black", ls=line, lw=1, label=name) for name, line in LINES.items()]
        axes.legend(handles=handles, loc="lower right", ncols=3, handlelength=2.2, columnspacing=0.9, borderpad=0.1)
