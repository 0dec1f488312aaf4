"""The grokking figure shows every seed's own curves, and early and late training alike."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from synthetic_tables import grokking_tables

from traindyn.plotting import grokking
from traindyn.plotting.seed_curves import LOG_STEPS
from traindyn.plotting.style import group_styles


def panel(figure: Figure, ylabel: str) -> Axes:
    (axes,) = [axes for axes in figure.axes if axes.get_ylabel() == ylabel]
    return axes


@pytest.mark.parametrize(
    ("ylabel", "tested", "trained"),
    [("accuracy", "test_accuracy", "train_accuracy"), ("loss (nats)", "test_loss", "train_loss")],
)
def test_every_seed_is_a_line_of_the_tables_values(ylabel: str, tested: str, trained: str) -> None:
    tables = grokking_tables(2000, seeds=4)
    tables.learning_curves.loc[tables.learning_curves["step"] % 40 != 0, tested] = np.nan  # evaluated less often
    lines = panel(grokking(tables), ylabel).lines
    assert len(lines) == 2 * 2 * 4
    styles = group_styles(tables.groups)
    for quantity, dashed in ((tested, False), (trained, True)):
        for group in tables.groups:
            drawn = [line for line in lines if line.get_gid() == f"{quantity} {group}"]
            assert {to_hex(line.get_color()) for line in drawn} == {to_hex(styles[group].colour)}
            assert all(line.is_dashed() == dashed for line in drawn)
            for seed, line in enumerate(drawn):
                curves = tables.learning_curves
                own = curves[(curves.group == group) & (curves.seed == seed)].dropna(subset=[quantity])
                np.testing.assert_array_equal(line.get_xdata(), own["step"])
                np.testing.assert_array_equal(line.get_ydata(), own[quantity])


@pytest.mark.parametrize(("steps", "scale"), [(99, "linear"), (LOG_STEPS - 1, "linear"), (LOG_STEPS, "log")])
def test_long_trainings_have_a_logarithmic_step_axis(steps: int, scale: str) -> None:
    drawn = grokking(grokking_tables(steps, seeds=2))
    for ylabel in ("accuracy", "loss (nats)"):
        axes = panel(drawn, ylabel)
        assert axes.get_xscale() == scale
        assert axes.get_xlim()[1] >= 0.95 * steps


def test_the_loss_axis_is_logarithmic_and_a_loss_of_zero_does_not_stretch_it() -> None:
    tables = grokking_tables(2000, seeds=2)
    last = tables.learning_curves["step"] == 2000
    tables.learning_curves.loc[last, "train_loss"] = 0.0
    axes = panel(grokking(tables), "loss (nats)")
    assert axes.get_yscale() == "log"
    assert 1e-8 < axes.get_ylim()[0] < axes.get_ylim()[1] < 100


def test_accuracy_that_was_not_evaluated_is_said_so() -> None:
    axes = panel(grokking(grokking_tables(evaluated=False)), "accuracy")
    assert not axes.lines
    assert [text.get_text() for text in axes.texts if "evaluated" in text.get_text()] == ["not evaluated"]
