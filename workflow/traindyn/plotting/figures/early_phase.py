"""When do the dynamics of training change, and how? (Redman et al., NeurIPS 2024, section 4.3)

One spectrum per window of training steps; every window is compared with every other, of its own group and of the
others. The paper reads transitions off the heat maps by eye; here the test on consecutive windows finds them.
"""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from traindyn.errors import InputError
from traindyn.plotting.curves import BAND_NAME, draw_curves, has_values, mark_divergence
from traindyn.plotting.notes import CHARACTERS, divergence_note, missing_spectra_note
from traindyn.plotting.page import LEFT, RIGHT, Page, heading_axes, new_page, panel_title
from traindyn.plotting.seed_curves import first_positive_step
from traindyn.plotting.style import GroupStyle, group_styles, styled
from traindyn.plotting.tables import Tables
from traindyn.plotting.transition_marks import mark_transitions, rail_height, transition_steps
from traindyn.plotting.window_distances import window_distances, windows_by_group
from traindyn.plotting.window_maps import MapGrid, draw_maps
from traindyn.plotting.window_notes import window_notes
from traindyn.plotting.window_ratios import draw_ratios
from traindyn.plotting.window_spectra import draw_window_spectra

_CURVES, _RATIOS, _SPECTRA = 1.5, 1.0, 1.7  # inches
_UNEVEN = 4  # ratio of the longest to the shortest way from window to window beyond which steps are logarithmic
_HALVES = ((LEFT, 3.5), (4.15, RIGHT))  # inches: two panels side by side


@styled
def early_phase(tables: Tables, measure: str = "wasserstein") -> Figure:
    """Learning curves with transitions, ratios at the boundaries of windows, maps of distances, spectra.

    Args:
        tables: of one experiment; one to four groups with 2 to 25 windows each stay legible.
        measure: of the distances and of the transitions.

    Raises:
        InputError: there are spectra, but every group has one window only, or a distance by ``measure`` is missing.
    """
    windows = windows_by_group(tables)
    if windows and max(map(len, windows.values())) < 2:
        raise InputError(
            f"figure early_phase: every group of {tables.experiment} has one window of steps, two or more are "
            "needed; set koopman.window_length or koopman.windows"
        )
    styles = group_styles(tables.groups)
    transitions = transition_steps(tables, measure)
    matrices = window_distances(tables, measure)
    heights = [_CURVES + rail_height(transitions)]
    if windows:
        heights += [_RATIOS, MapGrid(len(matrices)).height, _SPECTRA]
    notes = [
        divergence_note(tables.diverged),
        missing_spectra_note(tables),
        *window_notes(tables, transitions, measure),
    ]
    lines = [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]
    page = new_page(tables.experiment, styles, heights, lines)
    _curves(page, tables, styles, transitions)
    if windows:
        _ratios(page, tables, {group: styles[group] for group in windows}, transitions, measure)
        draw_maps(page, 2, matrices, transitions, measure)
        heading = "distances between windows (axes: their first steps), within groups and across; lines: transitions"
        panel_title(heading_axes(page, 2, LEFT, RIGHT, top=0.03), "d", heading)
        draw_window_spectra(page, 3, tables.spectra, {group: styles[group] for group in windows})
        heading = "Koopman spectra near λ = 1, all seeds, by window (in brackets: share of eigenvalues shown)"
        panel_title(heading_axes(page, 3, LEFT, RIGHT, top=0.03), "e", heading)
    return page.figure


def _curves(page: Page, tables: Tables, styles: dict[str, GroupStyle], transitions: dict[str, list[int]]) -> None:
    curves, rail = tables.learning_curves, rail_height(transitions)
    band = f" (band: {BAND_NAME})" if curves["seed"].nunique() > 1 else ""
    panels = (("train_loss", "training loss (nats)", True), ("test_accuracy", "test accuracy", False))
    for letter, (quantity, label, log), (left, right) in zip("ab", panels, _HALVES, strict=True):
        axes = page.axes(0, left, right, top=rail)
        draw_curves(axes, curves, quantity, styles, label=label, log=log)
        if not has_values(curves, quantity):
            axes.text(0.5, 0.5, "not evaluated", ha="center", va="center", transform=axes.transAxes)
        _show_steps(axes, tables, curves["step"].max())
        above = page.axes(0, left, right, height=rail, sharex=axes) if transitions else None
        mark_transitions(axes, above, transitions, styles)
        panel_title(heading_axes(page, 0, left, right), letter, f"mean over seeds{band}")
        if log:
            mark_divergence(axes, tables.diverged, styles)
        else:
            axes.set_ylim(-0.03, 1.03)


def _ratios(
    page: Page, tables: Tables, styles: dict[str, GroupStyle], transitions: dict[str, list[int]], measure: str
) -> None:
    axes = page.axes(1, LEFT, RIGHT)
    draw_ratios(axes, tables.transitions[tables.transitions["measure"] == measure], styles)
    _show_steps(axes, tables, tables.spectra["window_stop"].max())
    title = "consecutive windows: distances between them / between seeds (1: seed noise); filled: transition"
    panel_title(axes, "c", title)


def _show_steps(axes: Axes, tables: Tables, last: float) -> None:
    """Steps up to the last: logarithmic where the windows are, or they would crowd at the left."""
    last *= 1.02
    if any(_uneven(starts) for starts in windows_by_group(tables).values()):
        axes.set_xscale("log")
        axes.set_xlim(0.8 * first_positive_step(tables.learning_curves), last)
    else:
        axes.set_xlim(-0.02 * last, last)


def _uneven(starts: list[int]) -> bool:
    apart = np.diff(starts)
    return bool(len(apart) and apart.max() > _UNEVEN * apart.min())
