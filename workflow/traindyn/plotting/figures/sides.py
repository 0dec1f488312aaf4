"""One training from four sides: Koopman spectra, Lyapunov exponents, interactions, fluctuations, steps aligned."""

import textwrap
from string import ascii_lowercase

import pandas as pd
from matplotlib.figure import Figure

from traindyn.plotting.along import draw_eigenvalues, draw_exponents, draw_orders, draw_power_laws
from traindyn.plotting.notes import CHARACTERS, divergence_note
from traindyn.plotting.page import LEFT, RIGHT, new_page, panel_title
from traindyn.plotting.sides_tables import SidesTables
from traindyn.plotting.style import group_styles, styled

SHOWN = 3  # groups: one column each
_ROW = 1.5  # inches
_BETWEEN = 0.65  # inches between columns
TITLES = ("Koopman eigenvalues by window", "Lyapunov exponents", "interactions by order", "fluctuations' exponents")


@styled
def sides(tables: SidesTables) -> Figure:
    """A column per group, of its first training that all sides have; a row per side, over the same steps."""
    trainings = dict(list(tables.trainings.items())[:SHOWN])
    styles = group_styles(list(trainings))
    page = new_page(tables.experiment, styles, (_ROW,) * 4, _notes(tables, trainings))
    width = (RIGHT - LEFT - (max(1, len(trainings)) - 1) * _BETWEEN) / max(1, len(trainings))
    letters = iter(ascii_lowercase)
    for column, (group, seed) in enumerate(trainings.items()):
        left = LEFT + column * (width + _BETWEEN)
        panels = [page.axes(row, left, left + width) for row in range(4)]
        of = [_own(table, group, seed) for table in (tables.spectra, tables.exponents, tables.strengths)]
        draw_eigenvalues(panels[0], of[0], styles[group])
        draw_exponents(panels[1], of[1], styles[group])
        draw_orders(panels[2], of[2], styles[group])
        equilibrium = _own(tables.equilibrium, group, seed)
        draw_power_laws(panels[3], _own(tables.power_laws, group, seed), equilibrium, styles[group])
        last = max(_last(table) for table in (*of, equilibrium))
        for axes, title in zip(panels, TITLES, strict=True):
            axes.set(xlim=(-0.03 * last, 1.03 * last), xlabel="training step")
            panel_title(axes, next(letters), title, offset=0.45 if column == 0 else 0.4)
    return page.figure


def _own(table: pd.DataFrame, group: str, seed: int) -> pd.DataFrame:
    """Rows of one training: the first replica, where the table tells them apart."""
    own = table[(table["group"] == group) & (table["seed"] == seed)]
    return own[own["replica"] == own["replica"].min()] if "replica" in own else own


def _last(table: pd.DataFrame) -> float:
    steps = table["window_stop"] - 1 if "window_stop" in table else table["step"]
    return float(steps.max())


def _notes(tables: SidesTables, trainings: dict[str, int]) -> list[str]:
    seeds = ", ".join(f"{group}: seed {seed}" for group, seed in trainings.items())
    further = len(tables.trainings) - len(trainings)
    notes = [
        f"One training of each group ({seeds}). Eigenvalues: a line over the steps of its window, the fuller the more "
        "energy (of all replicas). Lyapunov exponents since the report before, the largest darkest. Interactions: "
        "areas are shares of their strength, the line is the mean order.",
        "Fluctuations: squares weights, diamonds directions of the map from data to changes; filled at a local "
        "equilibrium; no marker where no power law is claimed.",
        f"{further} further groups are in the tables." if further else "",
        divergence_note(tables.diverged).replace("spectra and tests", "figures from that step on"),
    ]
    return [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]
