"""Stability of training: Lyapunov exponents, what they tell of the final loss, angles, and Koopman rates beside them.

After Sharafi, Martin & Hallerberg, arXiv:2405.00743.
"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from traindyn.plotting.exponents import QUANTILES, draw_distribution, draw_exponents, early_step, first_and_last
from traindyn.plotting.notes import CHARACTERS, divergence_note
from traindyn.plotting.page import LEFT, RIGHT, Page, new_page, panel_title
from traindyn.plotting.predictions import draw_final_losses, draw_scores
from traindyn.plotting.rates import draw_rates
from traindyn.plotting.stability_tables import StabilityTables
from traindyn.plotting.style import GroupStyle, group_styles, styled

CLEAR = 2.0  # gap of exponents times steps: perturbations on either side part by e² and more
_ROW = 1.7  # inches
_SECOND = 4.15  # where a row's second panel begins
_LEFT_END = 3.5  # and its first ends


@styled
def stability(tables: StabilityTables) -> Figure:
    """Exponents over training and by group, predictions of the final loss beside the loss itself, angles, rates."""
    styles = group_styles(tables.groups)
    early = early_step(tables.exponents)
    page = new_page(tables.experiment, styles, (_ROW,) * 4, _notes(tables, early))
    _exponents(page, tables, styles)
    _predictions(page, tables, styles, early)
    _angles(page.axes(3, LEFT, _LEFT_END), tables.angles, styles)
    rates = page.axes(3, _SECOND, RIGHT)
    draw_rates(rates, tables.rates, styles)
    panel_title(rates, "h", "filled: exponents, open: Koopman log |λ|", offset=0.55)
    return page.figure


def _exponents(page: Page, tables: StabilityTables, styles: dict[str, GroupStyle]) -> None:
    over = page.axes(0, LEFT, _LEFT_END)
    draw_exponents(over, tables.exponents, styles)
    first, last = first_and_last(tables.exponents)
    panel_title(over, "a", f"exponents {first} (solid) and {last} (dashed), median" if last > first else "exponent 1")
    spread = page.axes(0, _SECOND, RIGHT)
    draw_distribution(spread, tables.exponents, styles)
    panel_title(spread, "b", f"at step {tables.exponents['step'].max():g}, every training", offset=0.55)


def _predictions(page: Page, tables: StabilityTables, styles: dict[str, GroupStyle], early: float) -> None:
    for column, (letter, title) in {
        "exponent": ("c", f"exponent 1 until step {early:g}"),
        "loss": ("d", f"baseline: loss at step {early:g}"),
    }.items():
        left, right = (LEFT, _LEFT_END) if letter == "c" else (_SECOND, RIGHT)
        axes = page.axes(1, left, right)
        draw_final_losses(axes, tables.exponents, column, early, styles)
        panel_title(axes, letter, title, offset=0.45 if letter == "c" else 0.55)
    for score, letter, title in (
        ("spearman", "e", "rank correlation with the final loss"),
        ("auc", "f", "AUC: does the training end poorly?"),
    ):
        left, right = (LEFT, _LEFT_END) if letter == "e" else (_SECOND, RIGHT)
        axes = page.axes(2, left, right)
        draw_scores(axes, tables.predictions, score, styles)
        panel_title(axes, letter, title, offset=0.45 if letter == "e" else 0.55)


def _angles(axes: Axes, angles: pd.DataFrame, styles: dict[str, GroupStyle]) -> None:
    """Of every training the smallest angle at those cuts that are clear: median over trainings, and a band."""
    clear = angles[np.isfinite(angles["subspaces"]) & (angles["gap"] * angles["step"].max() >= CLEAR)]
    for group, style in styles.items():
        own = clear[clear["group"] == group].groupby(["step", "seed", "replica"])["subspaces"].min()
        if own.empty:
            continue
        at = np.degrees(own.groupby("step").quantile(np.array(QUANTILES)).unstack())
        axes.fill_between(at.index, at[0.1], at[0.9], color=style.colour, alpha=0.18, lw=0)
        axes.plot(at.index, at[0.5], color=style.colour)
    if clear.empty:
        axes.text(0.5, 0.5, "no covariant vectors", ha="center", va="center", transform=axes.transAxes)
    axes.set(xlabel="training step", ylabel="angle (degrees)", ylim=(0, 92), yticks=(0, 30, 60, 90))
    axes.margins(x=0.02)
    panel_title(axes, "g", "smallest angle between leading vectors and others")


def _notes(tables: StabilityTables, early: float) -> list[str]:
    runs = tables.exponents.groupby("group")[["seed", "replica"]].apply(lambda own: len(own.drop_duplicates()))
    counts = ", ".join(f"{group}: {runs[group]}" for group in tables.groups)
    notes = [
        f"Trainings: {counts}. Bands: 10th to 90th percentile of trainings, in e and f 95 % bootstrap intervals.",
        f"Angles where the exponents on either side differ by {CLEAR:g} or more over the whole span.",
        divergence_note(tables.diverged).replace("spectra and tests", "figures from that step on"),
    ]
    return [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]
