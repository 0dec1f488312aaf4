"""The figure of four sides: the same training in every row, over the same steps."""

import numpy as np
import pandas as pd
import pytest
from synthetic_criticality import criticality_tables
from synthetic_interactions import interactions_tables
from synthetic_stability import stability_tables

from traindyn.plotting import save_figure, sides
from traindyn.plotting.sides_tables import COLUMNS, SidesTables
from traindyn.plotting.tables import check_columns

GROUPS = ("relu", "tanh")


def renamed(table, start):
    """Groups are called as in the other tables, seeds begin at `start`."""
    names = dict(zip(sorted(set(table["group"])), GROUPS, strict=False))
    return table[table["group"].isin(names)].assign(group=table["group"].map(names), seed=table["seed"] + start)


def sides_tables(starts=(0, 0, 0, 0)) -> SidesTables:
    """Seeds of spectra, exponents, interactions and fluctuations begin at `starts`."""
    spectra = pd.DataFrame(
        [
            ("e", "a", "o", group, seed, start, start + 100, mode, 0.9 - 0.1 * mode, 0.1, 0.0, 2.0**-mode)
            for group in GROUPS
            for seed in range(3)
            for start in (0, 100, 200)
            for mode in range(3)
        ],
        columns=list(COLUMNS["spectra"]),
    )
    stability, interactions, criticality = stability_tables(), interactions_tables(GROUPS), criticality_tables(GROUPS)
    found = {
        "spectra": renamed(spectra, starts[0]),
        "exponents": renamed(stability.exponents, starts[1]),
        "strengths": renamed(interactions.strengths, starts[2]),
        "power_laws": renamed(criticality.exponents, starts[3]),
        "equilibrium": renamed(criticality.equilibrium, starts[3]),
        "diverged": criticality.diverged,
    }
    return SidesTables("made", **{n: check_columns(n, COLUMNS[n], table, "made") for n, table in found.items()})


def test_every_group_has_a_column_and_every_side_a_row_over_the_same_steps(tmp_path):
    figure = sides(sides_tables())
    assert len(figure.axes) == 4 * len(GROUPS)
    for column in np.array(figure.axes).reshape(len(GROUPS), 4):
        assert len({axes.get_xlim() for axes in column}) == 1
        assert len({axes.get_position().x0 for axes in column}) == 1
    assert save_figure(figure, tmp_path / "made").png.stat().st_size > 10_000


@pytest.mark.parametrize(("starts", "seed"), [((0, 0, 0, 0), 0), ((1, 0, 0, 0), 1), ((0, 1, 0, 1), 1)])
def test_the_training_is_the_first_that_all_sides_have(starts, seed):
    assert sides_tables(starts).trainings == {"relu": seed, "tanh": seed}


def test_the_line_of_orders_is_their_mean_by_strength():
    tables = sides_tables()
    own = tables.strengths.query("group == 'relu' and seed == 0")
    strength = own["positive"] + own["negative"]
    expected = (strength * own["order"]).groupby(own["step"]).sum() / strength.groupby(own["step"]).sum()
    line = sides(tables).axes[2].lines[0]
    np.testing.assert_allclose(line.get_ydata(), expected)


def test_a_power_law_is_filled_only_at_an_equilibrium_and_absence_is_said():
    figure = sides(sides_tables())
    lawless, lawful = figure.axes[3], figure.axes[7]  # groups in order: relu claims nothing
    assert "no power law is claimed" in [text.get_text() for text in lawless.texts]
    faces = {
        float(step): line.get_markerfacecolor()
        for line in lawful.lines
        for step in line.get_xdata()
        if line.get_marker() in "sD"
    }
    assert faces[100.0] == "none"
    assert faces[400.0] != "none"
