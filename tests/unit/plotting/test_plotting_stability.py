"""The figure of the companion system: what its panels show, with tables whole, empty, and with a divergence."""

import numpy as np
import pytest
from synthetic_stability import one_diverged, stability_tables, without

from traindyn.errors import InputError
from traindyn.plotting import read_stability_tables, save_figure, stability
from traindyn.plotting.exponents import early_step
from traindyn.plotting.stability_tables import COLUMNS


def panels(figure):
    """Letter → axes."""
    found = {}
    for axes in figure.axes:
        for text in axes.texts:
            if text.get_gid() == "letter":
                found[text.get_text()] = axes
    return found


def test_every_panel_is_there_and_inside_the_page(tmp_path):
    figure = stability(stability_tables())
    assert sorted(panels(figure)) == list("abcdefgh")
    for axes in figure.axes:
        box = axes.get_position()
        assert box.x0 >= 0
        assert box.x1 <= 1
        assert box.y0 >= 0
        assert box.y1 <= 1
    assert save_figure(figure, tmp_path / "made").png.stat().st_size > 10_000


def test_lines_hold_the_medians_of_the_table():
    tables = stability_tables()
    line = panels(stability(tables))["a"].lines[1]  # after the line at 0: the first exponent of the first group
    own = tables.exponents[(tables.exponents["group"] == tables.groups[0]) & (tables.exponents["index"] == 1)]
    np.testing.assert_allclose(line.get_ydata(), own.groupby("step")["exponent"].median())


def test_the_prediction_and_its_baseline_show_the_same_trainings():
    found = panels(stability(stability_tables()))
    for letter in "cd":
        assert sum(len(line.get_xdata()) for line in found[letter].lines) == 20
    for exponent, baseline in zip(found["c"].lines, found["d"].lines, strict=True):
        np.testing.assert_array_equal(exponent.get_ydata(), baseline.get_ydata())


@pytest.mark.parametrize("names", [("angles",), ("predictions",), ("rates",), ("angles", "predictions", "rates")])
def test_what_a_study_does_not_have_is_said(names):
    words = {"angles": "no covariant vectors", "predictions": "too few trainings", "rates": "no window in common"}
    texts = [t.get_text() for axes in stability(without(stability_tables(), *names)).axes for t in axes.texts]
    assert {words[name] for name in names} <= set(texts)
    assert not {words[name] for name in words if name not in names} & set(texts)


def test_a_divergence_is_named_under_the_figure():
    figure = stability(one_diverged(stability_tables()))
    notes = " ".join(text.get_text() for text in figure.texts if text.get_gid() == "note")
    assert "tanh: seed 1 at step 95" in notes


def test_the_early_step_is_a_tenth_of_the_way():
    assert early_step(stability_tables().exponents) == 20
    assert early_step(stability_tables(steps=range(10, 1001, 10)).exponents) == 100


def test_tables_are_read_and_checked(tmp_path):
    tables = stability_tables()
    paths = {}
    for name in COLUMNS:
        paths[name] = tmp_path / f"{name}.parquet"
        getattr(tables, name).to_parquet(paths[name])
    assert read_stability_tables("made", **paths).groups == ["sigmoid", "tanh"]
    tables.rates.drop(columns="rate").to_parquet(paths["rates"])
    with pytest.raises(InputError, match=r"rates table '.*': missing column rate"):
        read_stability_tables("made", **paths)
