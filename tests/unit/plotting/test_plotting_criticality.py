"""The figure of fluctuations: what its panels show, whole and with parts of a study missing."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic_criticality import criticality_tables

from traindyn.errors import InputError
from traindyn.plotting import criticality, read_criticality_tables, save_figure
from traindyn.plotting.criticality_tables import COLUMNS


def panels(figure):
    """Letter → axes."""
    return {t.get_text(): axes for axes in figure.axes for t in axes.texts if t.get_gid() == "letter"}


def test_every_panel_is_there_and_inside_the_page(tmp_path):
    figure = criticality(criticality_tables())
    assert sorted(panels(figure)) == list("abcdef")
    for axes in figure.axes:
        box = axes.get_position()
        assert min(box.x0, box.y0) >= 0
        assert max(box.x1, box.y1) <= 1
    assert save_figure(figure, tmp_path / "made").png.stat().st_size > 10_000


def test_the_fitted_law_runs_through_the_density_that_it_was_made_of():
    axes = panels(criticality(criticality_tables(groups=("tanh",))))["a"]
    measured, predicted, fitted = axes.lines
    np.testing.assert_allclose(measured.get_ydata(), predicted.get_ydata())
    expected = 0.9 / np.asarray(fitted.get_xdata()) / np.log(1e4)
    np.testing.assert_allclose(fitted.get_ydata(), expected, rtol=1e-6)


def test_where_no_law_is_claimed_it_is_said_and_none_is_drawn():
    found = panels(criticality(criticality_tables()))
    assert len(found["a"].lines) == 2 + 3  # relu: markers and prediction; tanh: the fit as well
    assert [t.get_text() for t in found["c"].texts].count("no power law") == 3


def test_parts_that_a_study_does_not_have_are_said():
    tables = criticality_tables(lawless=("tanh", "relu"))
    tables = replace(
        tables,
        singular_values=tables.singular_values.iloc[:0],
        exponents=tables.exponents[tables.exponents["kind"] == "weight"],
    )
    found = panels(criticality(tables))
    said = {letter: [t.get_text() for t in found[letter].texts] for letter in "bde"}
    assert "no direction studied" in said["b"]
    assert "no power law" in said["d"]
    assert "no map" in said["e"]


def test_tables_are_read_and_checked(tmp_path):
    tables = criticality_tables()
    paths = {}
    for name in COLUMNS:
        paths[name] = tmp_path / f"{name}.parquet"
        getattr(tables, name).to_parquet(paths[name])
    assert read_criticality_tables("made", **paths).groups == ["relu", "tanh"]
    tables.exponents.drop(columns="decades").to_parquet(paths["exponents"])
    with pytest.raises(InputError, match=r"exponents table '.*': missing column decades"):
        read_criticality_tables("made", **paths)
