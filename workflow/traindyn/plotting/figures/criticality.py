"""Criticality: densities of fluctuations, exponents measured and predicted, the duality map, the local equilibrium.

After Kukleva & Vanchurin, arXiv:2405.17391.
"""

import textwrap

from matplotlib.figure import Figure

from traindyn.plotting.criticality_tables import CriticalityTables
from traindyn.plotting.duality import draw_equilibrium, draw_singular_values
from traindyn.plotting.fluctuations import (
    draw_densities,
    draw_exponents_by_group,
    draw_exponents_over_steps,
    shown,
)
from traindyn.plotting.notes import CHARACTERS, divergence_note
from traindyn.plotting.page import LEFT, RIGHT, new_page, panel_title, text_width
from traindyn.plotting.style import group_styles, styled

_ROW = 1.75  # inches
_BY_GROUP = 0.34  # of each group's exponents
_SECOND = 4.15  # where a row's second panel begins
_LEFT_END = 3.5  # and its first ends


@styled
def criticality(tables: CriticalityTables) -> Figure:
    """Densities, exponents by group beside predictions, exponents over training, singular values, the criterion."""
    styles = group_styles(tables.groups)
    middle = max(_ROW, _BY_GROUP * len(styles))
    page = new_page(tables.experiment, styles, (_ROW, middle, _ROW), _notes(tables))
    for kind, letter, left, right in (("weight", "a", LEFT, _LEFT_END), ("direction", "b", _SECOND, RIGHT)):
        axes = page.axes(0, left, right)
        draw_densities(axes, tables.exponents, tables.densities, kind, styles)
        title = "changes of a weight" if kind == "weight" else "along a direction of the map"
        panel_title(axes, letter, title, offset=0.45 if letter == "a" else 0.55)
    labels = 0.35 + max(text_width(group) for group in styles)
    by_group = page.axes(1, min(max(LEFT, labels), 2.0), _LEFT_END)
    draw_exponents_by_group(by_group, tables.exponents, styles)
    panel_title(by_group, "c", "exponents, last step")
    over = page.axes(1, _SECOND, RIGHT, height=_ROW)
    draw_exponents_over_steps(over, tables.exponents, styles)
    panel_title(over, "d", "exponents over training", offset=0.55)
    singular = page.axes(2, LEFT, _LEFT_END)
    draw_singular_values(singular, tables.singular_values, styles)
    panel_title(singular, "e", "duality map, last step")
    equilibrium = page.axes(2, _SECOND, RIGHT)
    draw_equilibrium(equilibrium, tables.equilibrium, styles)
    panel_title(equilibrium, "f", "local equilibrium: mean ≪ deviation", offset=0.55)
    return page.figure


def _notes(tables: CriticalityTables) -> list[str]:
    drawn = "; ".join(f"{group} {row['variable']}" for group, row in shown(tables.exponents, "weight"))
    notes = [
        "a, b: markers measured, lines fitted power laws over their ranges, dotted predicted by change of variables "
        f"(of one training; weights: {drawn})." if drawn else "",
        "c, d: squares weights, diamonds directions; in c filled measured with 95 % interval, open predicted over the "
        "same range. f: filled markers: at a local equilibrium by the plan's criterion.",
        divergence_note(tables.diverged).replace("spectra and tests", "figures from that step on"),
    ]  # fmt: skip
    return [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]
