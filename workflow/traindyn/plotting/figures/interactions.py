"""Symbolic interactions: strength by order along training, the two phases beside the gap of losses, and theory.

After Ren et al., arXiv:2407.19198.
"""

import textwrap
from collections.abc import Callable, Iterator
from string import ascii_lowercase

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from traindyn.plotting.checkpoints import draw_checkpoints, mark_boundaries
from traindyn.plotting.interactions_tables import InteractionsTables
from traindyn.plotting.notes import CHARACTERS, divergence_note
from traindyn.plotting.orders import draw_strengths, draw_theory
from traindyn.plotting.page import LEFT, RIGHT, Page, new_page, panel_title
from traindyn.plotting.style import GroupStyle, group_styles, styled

PANELS = 5  # checkpoints that are drawn of each group
_BETWEEN = 0.1  # inches
_ROW, _TALL = 1.05, 1.6
_SECOND = 4.15  # where a row's second panel begins
_LEFT_END = 3.5  # and its first ends
Draw = Callable[[Axes, int, int], None]


@styled
def interactions(tables: InteractionsTables) -> Figure:
    """Strength by order at checkpoints, mean order beside the gap of losses, measured orders beside theory, fits."""
    styles, letters = group_styles(tables.groups), iter(ascii_lowercase)
    count = len(styles)
    heights = (*(_ROW,) * count, _TALL, *(_ROW,) * count, _TALL)
    page = new_page(tables.experiment, styles, heights, _notes(tables))
    for row, (group, style) in enumerate(styles.items()):
        own = tables.strengths[tables.strengths["group"] == group]

        def strengths(axes: Axes, step: int, place: int, own: pd.DataFrame = own, style: GroupStyle = style) -> None:
            draw_strengths(axes, own[own["step"] == step], style, noise=place == 0)

        title = f"{group}: share of orders, positive up, negative down"
        _checkpoints(page, row, tables.steps(group), strengths, next(letters), title, "share")
    _phases(page, count, tables, styles, letters)
    for row, (group, style) in enumerate(styles.items(), start=count + 1):
        theory = tables.theory[tables.theory["group"] == group]

        def beside(axes: Axes, step: int, place: int, own: pd.DataFrame = theory, style: GroupStyle = style) -> None:
            draw_theory(axes, own[own["step"] == step], style)

        title = f"{group}: share of orders, measured (bars) and theory (line)"
        _checkpoints(page, row, tables.steps(group), beside, next(letters), title, "share")
    _fits(page, 2 * count + 1, tables, styles, letters)
    return page.figure


def drawn_steps(steps: list[int]) -> list[int]:
    """At most PANELS of the steps, the first and the last among them."""
    places = np.linspace(0, len(steps) - 1, min(PANELS, len(steps))).round().astype(int)
    return [steps[place] for place in places]


def _checkpoints(page: Page, row: int, steps: list[int], draw: Draw, letter: str, title: str, label: str) -> None:
    """A row of panels, one per checkpoint, with a common axis."""
    width = (RIGHT - LEFT - (PANELS - 1) * _BETWEEN) / PANELS
    found: list[Axes] = []
    for place, step in enumerate(drawn_steps(steps)):
        left = LEFT + place * (width + _BETWEEN)
        axes = page.axes(row, left, left + width)
        draw(axes, step, place)
        axes.text(0.97, 0.97, f"step {step}", ha="right", va="top", transform=axes.transAxes)
        axes.tick_params(labelleft=place == 0)
        axes.set_xlabel("order")
        found.append(axes)
    found[0].set_ylabel(label)
    panel_title(found[0], letter, title)
    low, high = min(axes.dataLim.y0 for axes in found), max(axes.dataLim.y1 for axes in found)
    for axes in found:
        axes.set_ylim(low - 0.05 * (high - low), high + 0.2 * (high - low))  # the step is written at the top


def _phases(
    page: Page, row: int, tables: InteractionsTables, styles: dict[str, GroupStyle], letters: Iterator[str]
) -> None:
    for left, right, quantity, label, title in (
        (LEFT, _LEFT_END, "mean_order", "mean order", "mean order of interactions"),
        (_SECOND, RIGHT, "gap", "nats", "test loss − training loss"),
    ):
        axes = page.axes(row, left, right)
        draw_checkpoints(axes, tables.checkpoints, quantity, styles, label)
        mark_boundaries(axes, tables.phases, styles)
        panel_title(axes, next(letters), title, offset=0.45 if left == LEFT else 0.55)


def _fits(
    page: Page, row: int, tables: InteractionsTables, styles: dict[str, GroupStyle], letters: Iterator[str]
) -> None:
    # The last checkpoint is what theory starts from: it would agree with itself.
    last = tables.checkpoints.groupby("group")["step"].transform("max")
    earlier = tables.checkpoints[tables.checkpoints["step"] < last]
    noise = page.axes(row, LEFT, _LEFT_END)
    # Where theory explains nothing, its level means nothing.
    level = np.sqrt(earlier["variance"]).where(earlier["r2"] > 0)
    draw_checkpoints(noise, earlier.assign(level=level), "level", styles, "σ")
    panel_title(noise, next(letters), "noise level σ of theory, where R² > 0")
    quality = page.axes(row, _SECOND, RIGHT)
    draw_checkpoints(quality, earlier, "r2", styles, "R²")
    quality.set_ylim(min(0.0, max(-1.0, float(earlier["r2"].min(skipna=True)) - 0.05)), 1.02)
    panel_title(quality, next(letters), "agreement with theory", offset=0.55)


def _notes(tables: InteractionsTables) -> list[str]:
    runs = tables.checkpoints.groupby("group")["seed"].nunique()
    counts = ", ".join(f"{group}: {runs[group]}" for group in tables.groups)
    notes = [
        f"Seeds: {counts}; means over them, bands from the 10th to the 90th percentile. Full colour: AND, light: OR. "
        "Dashed line at the first checkpoint: independent outputs. Dashed vertical lines: least mean order, median.",
        "Theory has one free number, σ, at each checkpoint, and starts from the last one, which is left out below.",
        divergence_note(tables.diverged).replace("spectra and tests", "figures from that step on"),
    ]
    return [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]
