"""The figure of windows: its colours, lines and intervals are the tables', whatever windows the groups have."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from synthetic_tables import grokking_tables
from synthetic_windows import TWO, window_tables, with_replicas

# pytest collects these here once more: what every figure must satisfy, on the figures of this file.
from test_plotting_figures import (  # noqa: F401
    by_gid,
    panel,
    test_every_axis_has_a_quantity,
    test_no_panel_lies_on_another_and_no_legend_on_a_panel,
    test_no_two_texts_lie_on_one_another,
    test_nothing_is_clipped_by_the_page,
    test_text_is_legible_in_print,
)

from traindyn.errors import InputError
from traindyn.plotting import Tables, early_phase
from traindyn.plotting.style import group_styles
from traindyn.plotting.window_distances import window_distances, windows_by_group
from traindyn.plotting.window_spectra import window_colours

MANY = tuple(range(0, 2500, 100))
LONG = "resnet20 without normalisation, wide"
UNEVEN = {"a": (0, 50, 200), "b": tuple(range(0, 1000, 100)), LONG: (0, 500)}
CASES: dict[str, Callable[[], Tables]] = {
    "two groups": window_tables,
    "one group, two windows": lambda: window_tables({"only": (0, 50)}, {"only": (50,)}),
    "four groups, 25 windows": lambda: window_tables(
        {f"{name} network": MANY for name in ("wide", "narrow", "deep", "convolutional")},
        {"wide network": MANY, "deep network": (200, 1300)},
        seeds=3,
        length=100,
    ),
    "groups with different windows": lambda: window_tables(UNEVEN, {"b": (300,)}, seeds=3),
    "one seed": lambda: window_tables(jumps={}, seeds=1),
    "two seeds": lambda: window_tables(jumps={}, seeds=2),
    "a group of one window": lambda: window_tables({"a": (0, 50), "b": (0,)}, {}),
    "windows on a logarithmic scale": lambda: window_tables({"a": (0, 10, 100, 1000)}, {"a": (1000,)}, length=10),
    "one diverged": lambda: window_tables(lost=("LeNet-5",)),
    "all diverged": lambda: window_tables(lost=("LeNet-5", "ResNet-20")),
}


@pytest.fixture(scope="module", params=list(CASES))
def figure(request: pytest.FixtureRequest) -> Figure:
    drawn = early_phase(CASES[request.param]())
    FigureCanvasAgg(drawn).draw()
    return drawn


def notes(drawn: Figure) -> str:
    return " ".join(text.get_text() for text in by_gid(drawn, Text, "note"))


def a_map(drawn: Figure, a: str, b: str) -> QuadMesh:
    (mesh,) = by_gid(drawn, QuadMesh, f"map {a} – {b}")
    return mesh


def lines(axes: Axes, start: str) -> list[Line2D]:
    return [line for line in axes.lines if str(line.get_gid() or "").startswith(start)]


# ---- maps ----


def mean_between(tables: Tables, a: tuple[str, int], b: tuple[str, int]) -> float:
    """By hand: over pairs of different seeds, each once."""
    found = []
    for _, row in tables.distances[tables.distances.measure == "wasserstein"].iterrows():
        one, other = (row.group_a, row.window_start_a), (row.group_b, row.window_start_b)
        if row.seed_a != row.seed_b and {one, other} == {a, b}:
            found.append(row.distance)
    return float(np.mean(found))


def test_maps_hold_the_logarithm_of_mean_distances_between_different_seeds() -> None:
    tables = window_tables({"a": (0, 50), "b": (0, 50, 100)}, {"b": (100,)}, seeds=3)
    drawn = early_phase(tables)
    windows = windows_by_group(tables)
    for a, b in (("a", "a"), ("b", "b"), ("a", "b")):
        values = a_map(drawn, a, b).get_array()
        expected = [[np.log10(mean_between(tables, (a, s), (b, t))) for t in windows[b]] for s in windows[a]]
        np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_all_maps_and_their_scale_have_the_same_colours() -> None:
    tables = window_tables(UNEVEN, {"b": (300,)}, seeds=3)
    drawn = early_phase(tables)
    meshes = by_gid(drawn, QuadMesh, "map ")
    assert len(meshes) == 6
    values = np.concatenate([mesh.get_array().ravel() for mesh in meshes])
    assert {mesh.get_clim() for mesh in meshes} == {(values.min(), values.max())}
    assert {mesh.get_cmap().name for mesh in meshes} == {"viridis"}
    (scale,) = panel(drawn, "log₁₀ of the mean wasserstein distance", "")
    assert scale.get_xlim() == pytest.approx((values.min(), values.max()))


def test_maps_name_their_groups_and_the_first_steps_of_windows() -> None:
    drawn = early_phase(window_tables({"a": (0, 50), "b": (0, 30, 100)}, {}))
    axes = a_map(drawn, "a", "b").axes
    assert (axes.get_ylabel(), axes.get_xlabel(), axes.get_title(loc="center")) == ("a", "b", "a – b")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "30", "100"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0", "50"]
    assert axes.get_xticks().tolist() == [0, 1, 2]
    assert axes.get_ylim() == (0, 2)  # time runs upwards
    assert a_map(drawn, "b", "b").axes.get_title(loc="center") == "within b"


def test_lines_on_maps_are_the_transitions_of_rows_and_columns() -> None:
    drawn = early_phase(window_tables(jumps={"LeNet-5": (50, 150), "ResNet-20": (100,)}))
    for a, b, across, up in (
        ("LeNet-5", "ResNet-20", [1, 3], [2]),
        ("LeNet-5", "LeNet-5", [1, 3], [1, 3]),
        ("ResNet-20", "ResNet-20", [2], [2]),
    ):
        marked = lines(a_map(drawn, a, b).axes, "transition")
        assert [line.get_ydata()[0] for line in marked if line.get_xdata() == [0, 1]] == across
        assert [line.get_xdata()[0] for line in marked if line.get_ydata() == [0, 1]] == up


def test_a_single_seed_has_an_empty_diagonal_and_equal_seeds_elsewhere() -> None:
    tables = window_tables(jumps={"LeNet-5": (100,)}, seeds=1)
    drawn = early_phase(tables)
    within = a_map(drawn, "LeNet-5", "LeNet-5").get_array()
    assert np.ma.getmaskarray(within).tolist() == np.eye(4, dtype=bool).tolist()
    assert not np.ma.getmaskarray(a_map(drawn, "LeNet-5", "ResNet-20").get_array()).any()
    assert "Maps: distances at equal seeds (1 seed): their diagonal is empty" in notes(drawn)
    assert "1 pairs" not in notes(drawn)


def test_window_distances_are_symmetric_within_a_group() -> None:
    matrix = window_distances(window_tables(), "wasserstein")["ResNet-20", "ResNet-20"]
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    assert (np.diag(matrix) > 0).all()


def test_a_missing_distance_is_named() -> None:
    tables = window_tables()
    table = tables.distances
    gone = (table.group_a == "LeNet-5") & (table.window_start_a == 50) & (table.group_b == "ResNet-20")
    with pytest.raises(
        InputError, match="no distance between the windows of LeNet-5 from step 50 and of ResNet-20 from"
    ):
        early_phase(replace(tables, distances=table[~gone]))
    with pytest.raises(InputError, match="no distance between the windows of LeNet-5"):
        early_phase(tables, measure="unknown")


# ---- transitions ----


def test_transitions_are_marked_on_the_curves_in_the_groups_colours() -> None:
    jumps = {"LeNet-5": (50, 100), "ResNet-20": (100,)}
    tables = window_tables(jumps=jumps)
    drawn, styles = early_phase(tables), group_styles(tables.groups)
    for label in ("training loss (nats)", "test accuracy"):
        (axes,) = panel(drawn, "training step", label)
        for group, steps in jumps.items():
            marked = lines(axes, f"transition {group}")
            assert [line.get_xdata()[0] for line in marked] == list(steps)
            assert {line.get_color() for line in marked} == {styles[group].colour}
    rails = [axes for axes in drawn.axes if lines(axes, "LeNet-5")]
    assert len(rails) == 2
    for rail in rails:
        (upper,), (lower,) = lines(rail, "LeNet-5"), lines(rail, "ResNet-20")
        assert upper.get_xdata().tolist() == [50, 100]
        assert lower.get_xdata().tolist() == [100]
        assert min(upper.get_ydata()) > max(lower.get_ydata())
        assert (lower.get_marker(), lower.get_color()) == (styles["ResNet-20"].marker, styles["ResNet-20"].colour)
        assert any(rail.get_xlim() == axes.get_xlim() for axes in panel(drawn, "training step", "test accuracy"))


def test_only_transitions_of_the_measure_are_marked() -> None:
    tables = window_tables(jumps={"LeNet-5": (50,)})
    of_others = tables.transitions.measure != "wasserstein"
    none = replace(tables, transitions=tables.transitions.assign(transition=tables.transitions.transition & of_others))
    assert not by_gid(early_phase(none), Line2D, "transition")
    assert by_gid(early_phase(none, measure="cross_residual"), Line2D, "transition")
    assert "Steps of transitions: LeNet-5: none found; ResNet-20: none found." in notes(early_phase(none))


def test_ratios_have_their_intervals_and_transitions_are_filled() -> None:
    tables = window_tables(jumps={"LeNet-5": (100,)})
    drawn, styles = early_phase(tables), group_styles(tables.groups)
    (axes,) = panel(drawn, "training step", "between / within")
    table = tables.transitions[tables.transitions.measure == "wasserstein"]
    for group, style in styles.items():
        own = table[table.group == group]
        for transition in (False, True):
            (points,) = lines(axes, f"ratio {group} {transition}")
            expected = own[own.transition == transition]
            np.testing.assert_array_equal(points.get_ydata(), expected.ratio)
            np.testing.assert_allclose(points.get_xdata(), expected.step, atol=5)
            assert to_hex(points.get_markerfacecolor()) == (style.colour.lower() if transition else "#ffffff")
        (bars,) = (c for c in axes.collections if isinstance(c, LineCollection) and c.get_gid() == f"interval {group}")
        drawn_intervals = [segment[:, 1].tolist() for segment in bars.get_segments()]
        assert drawn_intervals == own[["ratio_low", "ratio_high"]].to_numpy().tolist()
    (noise,) = lines(axes, "seed noise")
    assert set(noise.get_ydata()) == {1}


def test_intervals_of_groups_at_the_same_step_do_not_cover_one_another() -> None:
    groups = dict.fromkeys("abcd", MANY)
    (axes,) = panel(early_phase(window_tables(groups, {}, seeds=3, length=100)), "training step", "between / within")
    steps = np.sort(np.concatenate([points.get_xdata() for points in lines(axes, "ratio ")]))
    assert len(steps) == 4 * 24
    assert np.diff(steps).min() > 0.002 * MANY[-1]


@pytest.mark.parametrize("seeds", [1, 2])
def test_what_was_not_tested_is_not_said_to_be_without_transition(seeds: int) -> None:
    drawn = early_phase(window_tables(jumps={}, seeds=seeds))
    assert "Transitions: not tested, which takes three seeds" in notes(drawn)
    assert "none found" not in notes(drawn)
    (axes,) = panel(drawn, "training step", "between / within")
    said = [text.get_text() for text in axes.texts if text.get_text().startswith("not tested")]
    assert len(said) == (seeds == 1)


# ---- spectra, curves, notes ----


def test_spectra_are_the_tables_coloured_by_window() -> None:
    tables = window_tables({"a": (0, 50), "b": (50, 100)}, {}, seeds=2)
    drawn = early_phase(tables)
    colours = window_colours([0, 50, 100])
    assert len(set(colours.values())) == 3
    for group in "ab":
        (axes,) = (axes for axes in drawn.axes if axes.get_title(loc="center").startswith(f"{group} ("))
        own = tables.spectra[tables.spectra.group == group]
        dots = [c for c in axes.collections if isinstance(c, PathCollection)]
        assert len(dots) == 2
        for scatter in dots:
            start = int(scatter.get_gid().removeprefix("window "))
            at = own[own.window_start == start]
            np.testing.assert_allclose(scatter.get_offsets(), at[["real", "imag"]])
            assert to_hex(scatter.get_edgecolor()) == colours[start]
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        inside = own.real.between(left, right) & own.imag.between(low, high)
        assert axes.get_title(loc="center") == f"{group} ({inside.mean():.0%})"
        assert inside.mean() >= 0.9


def test_panels_are_lettered_from_a_to_e(figure: Figure) -> None:
    letters = [text.get_text() for text in by_gid(figure, Text, "letter")]
    spectra = any(axes.get_xlabel() == "Re λ" for axes in figure.axes)
    assert letters == (list("abcde") if spectra else list("ab"))


def test_steps_are_logarithmic_where_windows_are() -> None:
    for starts, scale in (((0, 10, 100, 1000), "log"), (tuple(range(0, 5000, 500)), "linear")):
        drawn = early_phase(window_tables({"a": starts}, {}, length=10))
        for label in ("training loss (nats)", "test accuracy", "between / within"):
            (axes,) = panel(drawn, "training step", label)
            assert axes.get_xscale() == scale
            assert axes.get_xlim()[1] > starts[-1]


def test_notes_say_over_what_was_averaged_and_tested() -> None:
    said = notes(early_phase(with_replicas(window_tables(seeds=4), 3)))
    assert "(4 seeds per group, each fitted to 3 replicas)" in said
    pairs = len(list(combinations(range(sum(map(len, TWO.values()))), 2)))
    assert f"the experiment's {pairs} pairs of windows" in said
    assert "Tested over seeds (4 per group)." in said
    assert "Steps of transitions: LeNet-5: none found; ResNet-20: 100." in said
    assert "25 or more replicas" in notes(early_phase(with_replicas(window_tables(), 25)))
    assert "replicas" not in notes(early_phase(window_tables()))


def test_groups_that_diverged_are_named_and_the_others_drawn() -> None:
    drawn = early_phase(window_tables(lost=("LeNet-5",)))
    assert "No spectrum: LeNet-5." in notes(drawn)
    assert "seed 3 at step 7" in notes(drawn)
    assert [mesh.get_gid() for mesh in by_gid(drawn, QuadMesh, "map ")] == ["map ResNet-20 – ResNet-20"]
    assert len(by_gid(drawn, Line2D, "diverged")) == 1


def test_accuracy_that_was_not_evaluated_is_said_so() -> None:
    tables = window_tables()
    drawn = early_phase(replace(tables, learning_curves=tables.learning_curves.assign(test_accuracy=np.nan)))
    (axes,) = panel(drawn, "training step", "test accuracy")
    assert "not evaluated" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("tables", [grokking_tables(), window_tables({"a": (0,), "b": (50,)}, {})])
def test_one_window_per_group_is_one_clear_line(tables: Tables) -> None:
    message = f"figure early_phase: every group of {tables.experiment} has one window .* set koopman.window_length"
    with pytest.raises(InputError, match=message) as raised:
        early_phase(tables)
    assert "\n" not in str(raised.value)


def test_flags_of_the_table_of_transitions_survive_a_file_and_must_be_flags(tmp_path) -> None:
    from synthetic_tables import write_tables

    from traindyn.plotting import read_tables

    made = window_tables()
    paths = write_tables(made, tmp_path)
    read = read_tables("early", **paths)
    assert read.transitions["transition"].tolist() == made.transitions["transition"].tolist()
    assert read.transitions["transition"].any()
    pd.read_csv(paths["transitions"]).assign(settled="perhaps").to_csv(paths["transitions"], index=False)
    with pytest.raises(InputError, match="column settled must hold True or False"):
        read_tables("early", **paths)
