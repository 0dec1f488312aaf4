"""Figures show exactly what the tables hold, and everything in them can be read."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from synthetic_tables import grokking_tables, no_rows, optimizer_tables, width_tables

from traindyn.errors import InputError
from traindyn.plotting import Tables, grokking, optimizers, overview, verdict_summary
from traindyn.plotting.spectra import box_near_one, box_of_real_axis
from traindyn.plotting.style import PAGE_WIDTH, group_styles
from traindyn.plotting.verdicts import LOOKS, q_text, ratio_text

EIGHT = tuple(f"width {2**i}" for i in range(1, 9))
LONG = ("resnet20 without normalisation / sgd momentum 0.9", "resnet20 / adamw weight decay 0.1 lr 1e-3")
LOST = (("width 40", 3, 120), ("width 40", 7, 480), ("width 5", 1, 40))
CASES: dict[str, Callable[[], Figure]] = {
    "three optimizers": lambda: optimizers(optimizer_tables()),
    "two optimizers": lambda: optimizers(optimizer_tables(bisection=False)),
    "three widths": lambda: overview(width_tables()),
    "one run": lambda: overview(width_tables(("width 5",), seeds=1)),
    "eight widths": lambda: overview(width_tables(EIGHT, seeds=3)),
    "eight optimizers": lambda: optimizers(width_tables(EIGHT, seeds=2)),
    "long names": lambda: overview(width_tables(LONG, seeds=4)),
    "diverged": lambda: overview(width_tables(seeds=9, accuracy=False, diverged=LOST)),
    "all diverged": lambda: overview(width_tables(("a", "b"), 1, diverged=(("a", 0, 3), ("b", 0, 9)))),
    "grokking, first steps": lambda: grokking(grokking_tables()),
    "grokking, long": lambda: grokking(grokking_tables(2000, seeds=3)),
    "grokking, one seed, diverged": lambda: grokking(grokking_tables(seeds=2, diverged=(("unconstrained", 1, 7),))),
    "grokking, not evaluated": lambda: grokking(grokking_tables(evaluated=False)),
    "many diverged": lambda: overview(width_tables(seeds=30, diverged=tuple(("width 40", s, s) for s in range(29)))),
}


@pytest.fixture(scope="module", params=list(CASES))
def figure(request: pytest.FixtureRequest) -> Figure:
    drawn = CASES[request.param]()
    FigureCanvasAgg(drawn).draw()
    return drawn


def texts(figure: Figure) -> list[Text]:
    found = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    ticks = {label for axes in figure.axes for label in _hidden_tick_labels(axes)}
    return [text for text in found if text not in ticks and _parents_visible(text, figure)]


def _hidden_tick_labels(axes: Axes) -> set[Text]:
    """Tick labels outside the limits or switched off: matplotlib keeps them but does not draw them."""
    hidden: set[Text] = set()
    for axis in (axes.xaxis, axes.yaxis):
        every = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        drawn = set(axis._update_ticks()) if axes.axison else set()
        for tick in every:
            hidden |= {tick.label2} if tick in drawn else {tick.label1, tick.label2}
        if not axes.axison:
            hidden |= {axis.label, axis.offsetText}
    return hidden


def _parents_visible(text: Text, figure: Figure) -> bool:
    return text.axes is None or text.axes.get_visible()


def box(text: Text, figure: Figure) -> Bbox:
    return text.get_window_extent(figure.canvas.get_renderer())


def by_gid(figure: Figure, kind: type, start: str) -> list:
    return [artist for artist in figure.findobj(kind) if str(artist.get_gid() or "").startswith(start)]


def panel(figure: Figure, xlabel: str, ylabel: str) -> list[Axes]:
    return [a for a in figure.axes if a.get_xlabel() == xlabel and a.get_ylabel() == ylabel]


# ---- what every figure must satisfy ----


def test_nothing_is_clipped_by_the_page(figure: Figure) -> None:
    page = figure.bbox
    for text in texts(figure):
        extent = box(text, figure)
        assert extent.x0 >= page.x0, text
        assert extent.y0 >= page.y0, text
        assert extent.x1 <= page.x1, text
        assert extent.y1 <= page.y1, text


def test_no_two_texts_lie_on_one_another(figure: Figure) -> None:
    placed = [(text.get_text(), box(text, figure)) for text in texts(figure)]
    for (one, a), (other, b) in combinations(placed, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(across, down) <= 1.5, (one, other)  # pixels at 200 dpi: a shared edge


def test_no_panel_lies_on_another_and_no_legend_on_a_panel(figure: Figure) -> None:
    renderer = figure.canvas.get_renderer()
    boxes = [axes.get_window_extent(renderer) for axes in figure.axes]
    boxes += [legend.get_window_extent(renderer) for legend in figure.legends]
    for a, b in combinations(boxes, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) <= 1.0


def test_text_is_legible_in_print(figure: Figure) -> None:
    assert figure.get_figwidth() == PAGE_WIDTH
    assert min(text.get_fontsize() for text in texts(figure)) >= 7


def test_panels_are_lettered_in_order(figure: Figure) -> None:
    letters = [text.get_text() for text in by_gid(figure, Text, "letter")]
    assert sorted(letters) == list("abcdefg"[: len(letters)])
    assert len(letters) in (6, 7)


def test_every_axis_has_a_quantity(figure: Figure) -> None:
    for axes in figure.axes:
        if axes.axison and axes.get_xticks().size and axes.xaxis.get_tick_params().get("labelbottom", True):
            assert axes.get_xlabel(), axes


def test_drawing_twice_gives_the_same_pixels() -> None:
    one, two = (optimizers(optimizer_tables()) for _ in range(2))
    images = []
    for drawn in (one, two):
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        images.append(np.asarray(canvas.buffer_rgba()))
    np.testing.assert_array_equal(*images)


# ---- what is drawn equals the tables ----


@pytest.mark.parametrize(
    ("draw", "tables"), [(optimizers, optimizer_tables()), (overview, width_tables(diverged=LOST))]
)
def test_spectra_are_the_eigenvalues_of_the_table(draw: Callable[[Tables], Figure], tables: Tables) -> None:
    planes = panel(draw(tables), "Re λ", "Im λ")
    assert len(planes) == 2
    for axes in planes:
        assert [c.get_label() for c in axes.collections] == tables.groups
        for points in axes.collections:
            own = tables.spectra[tables.spectra["group"] == points.get_label()]
            np.testing.assert_array_equal(points.get_offsets(), own[["real", "imag"]])


def test_the_full_plane_holds_every_eigenvalue_and_the_unit_circle() -> None:
    tables = width_tables(seeds=2)
    tables.spectra.loc[0, ["real", "imag"]] = (-1.7, 0.4)
    plane = panel(overview(tables), "Re λ", "Im λ")[0]
    reach = np.hypot(1.7, 0.4)
    assert plane.get_xlim()[1] >= reach
    assert plane.get_ylim()[1] >= reach
    (circle,) = [line for line in plane.lines if line.get_gid() == "unit circle"]
    np.testing.assert_allclose(np.hypot(*circle.get_data()), 1, atol=1e-12)
    assert plane.get_aspect() == 1


def test_only_the_first_window_is_drawn_and_the_note_says_so() -> None:
    tables = width_tables(seeds=2)
    later = tables.spectra.assign(window_start=500, window_stop=600, real=0.1)
    both = replace(tables, spectra=pd.concat([later, tables.spectra], ignore_index=True))
    drawn = overview(both)
    for points in panel(drawn, "Re λ", "Im λ")[0].collections:
        own = tables.spectra[tables.spectra["group"] == points.get_label()]
        np.testing.assert_array_equal(points.get_offsets(), own[["real", "imag"]])
    assert any("first window" in note.get_text() for note in by_gid(drawn, Text, "note"))


def test_zoom_of_the_optimizers_is_the_papers_and_of_the_widths_holds_most_eigenvalues() -> None:
    spectra = optimizer_tables().spectra
    assert panel(optimizers(optimizer_tables()), "Re λ", "Im λ")[1].get_xlim() == (0.5, 1.05)
    assert box_of_real_axis(spectra.assign(imag=0.3), 0.5, 1.05)[2:] == pytest.approx((-0.375, 0.375))
    many = width_tables().spectra
    left, right, low, high = box_near_one(many)
    inside = many["real"].between(left, right) & many["imag"].between(low, high)
    assert 0.75 <= inside.mean() < 1
    assert left < 1 < right


def test_learning_curves_are_means_over_the_seeds_with_finite_values() -> None:
    tables = width_tables(seeds=6)
    curves = tables.learning_curves
    curves.loc[(curves.group == "width 10") & (curves.seed == 2) & (curves.step > 200), "train_loss"] = np.nan
    (axes,) = panel(overview(tables), "training step", "training loss (nats)")
    lines = {line.get_label(): line for line in axes.lines if line.get_label() in tables.groups}
    assert list(lines) == tables.groups
    for group, line in lines.items():
        own = curves[curves.group == group]
        per_step = own.pivot(index="step", columns="seed", values="train_loss").to_numpy()
        np.testing.assert_allclose(line.get_ydata(), np.nanmean(per_step, axis=1), rtol=1e-12)
    assert len(axes.collections) == 3  # one band per group


def test_loss_of_optimizers_is_its_magnitude_on_a_logarithmic_axis() -> None:
    tables = optimizer_tables()
    tables.learning_curves["train_loss"] *= -1
    (axes,) = panel(optimizers(tables), "training step", "|f|")
    assert axes.get_yscale() == "log"
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    for group in tables.groups:
        own = tables.learning_curves[tables.learning_curves.group == group]
        np.testing.assert_allclose(drawn[group], -own["train_loss"], rtol=1e-12)
    assert not axes.collections  # one seed has no band


def test_test_accuracy_has_a_panel_only_where_it_was_evaluated() -> None:
    with_it, without = overview(width_tables(seeds=2)), overview(width_tables(seeds=2, accuracy=False))
    (axes,) = panel(with_it, "training step", "test accuracy")
    evaluated = width_tables(seeds=2).learning_curves.query("group == 'width 5' and seed == 0")
    steps = evaluated.loc[evaluated["test_accuracy"].notna(), "step"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), steps)
    assert not panel(without, "training step", "test accuracy")
    assert len(without.axes) == len(with_it.axes) - 1


def test_phase_planes_show_every_start() -> None:
    tables = optimizer_tables()
    paths = by_gid(optimizers(tables), Line2D, "path")
    runs = list(tables.trajectories.groupby(["group", "seed", "replica"]))
    assert len(paths) == len(runs) == 15
    drawn = {tuple(np.round(np.ravel(path.get_data()), 12)) for path in paths}
    for _, run in runs:
        both = [run.loc[run.weight == name, "value"].to_numpy() for name in ("x[0]", "x[1]")]
        assert tuple(np.round(np.ravel(both), 12)) in drawn


def test_example_weights_are_drawn_over_the_steps() -> None:
    tables = width_tables(seeds=2)
    paths = by_gid(overview(tables), Line2D, "path")
    runs = list(tables.trajectories.groupby(["group", "weight", "seed", "replica"]))
    assert len(paths) == len(runs)
    drawn = {tuple(path.get_ydata()) for path in paths}
    assert all(tuple(run["value"]) in drawn for _, run in runs)


def test_distance_dots_are_the_distances_between_and_within_groups() -> None:
    tables = width_tables(seeds=5)
    drawn = overview(tables)
    of_paper = tables.distances[tables.distances.measure == "wasserstein"]
    labels = ["width 5 – width 10", "width 5 – width 40", "width 10 – width 40"]
    labels += [f"within {group}" for group in tables.groups]
    dots = by_gid(drawn, Artist, "dots ")
    assert [d.get_gid() for d in dots] == [f"dots {label}" for label in labels]
    for points in dots:
        label = points.get_gid().removeprefix("dots ")
        pair = [label.removeprefix("within ")] * 2 if "within" in label else label.split(" – ")
        own = of_paper[(of_paper.group_a == pair[0]) & (of_paper.group_b == pair[1])]
        assert len(own) == (10 if "within" in label else 25)
        np.testing.assert_array_equal(np.sort(points.get_offsets()[:, 0]), np.sort(own["distance"]))
    means = [float(line.get_xdata()[0]) for line in by_gid(drawn, Line2D, "mean")]
    expected = of_paper.groupby(["group_a", "group_b"])["distance"].mean()
    order = [("width 5", "width 10"), ("width 5", "width 40"), ("width 10", "width 40")]
    order += [(group, group) for group in tables.groups]
    np.testing.assert_allclose(means, [expected[pair] for pair in order], rtol=1e-12)
    equal = of_paper[(of_paper.seed_a == of_paper.seed_b)].groupby(["group_a", "group_b"])["distance"].mean()
    ticks = [float(line.get_xdata()[0]) for line in by_gid(drawn, Line2D, "equal seeds")]
    np.testing.assert_allclose(ticks, [equal[pair] for pair in order[:3]], rtol=1e-12)


def test_single_runs_show_the_distance_of_the_run_over_distances_of_its_parts() -> None:
    tables = optimizer_tables()
    drawn = optimizers(tables)
    marks = [float(line.get_xdata()[0]) for line in by_gid(drawn, Line2D, "mean")]
    assert marks[:3] == pytest.approx([0.008073, 0.753449, 0.746023])
    dots = by_gid(drawn, Artist, "dots ")
    assert [len(d.get_offsets()) for d in dots] == [25, 25, 25, 10, 10, 10]
    notes = [text.get_text() for text in by_gid(drawn, Text, "annotation")]
    assert notes == ["0.00807\nequivalent", "0.753\nnon-conjugate", "0.746\nnon-conjugate"]


def test_a_distance_of_zero_stays_on_the_axis() -> None:
    tables = optimizer_tables()
    tables.distances.loc[tables.distances.group_a == "OMD", "distance"] = 0.0
    (axes,) = [a for a in optimizers(tables).axes if a.get_xlabel() == "wasserstein distance"]
    assert axes.get_xscale() == "symlog"
    left, right = axes.get_xlim()
    assert left <= 0 < 0.75 < right


def test_verdict_cells_are_the_verdicts_in_words_and_colour() -> None:
    tables = width_tables()
    drawn = overview(tables)
    for name, expected in tables.verdicts["verdict"].value_counts().items():
        cells = by_gid(drawn, Artist, f"cell {name}")
        assert len(cells) == expected
        assert {cell.get_facecolor() for cell in cells} == {to_rgba(LOOKS[str(name)][0])}
    everything = "\n".join(text.get_text() for text in texts(drawn))
    assert everything.count("1.63 [1.30, 1.95]\nq < 0.001") == 3
    assert "Tested over seeds (25 per group)." in everything
    assert "parts of one seed's replicas (5 per group)" in "\n".join(
        text.get_text() for text in texts(optimizers(optimizer_tables()))
    )


def test_a_diverged_verdict_without_numbers_is_shown() -> None:
    tables = width_tables(seeds=3)
    numbers = [c for c in tables.verdicts.columns if tables.verdicts[c].dtype.kind == "f"]
    tables.verdicts.loc[0, numbers] = np.nan
    tables.verdicts.loc[0, "verdict"] = "diverged"
    drawn = overview(tables)
    assert len(by_gid(drawn, Artist, "cell diverged")) == 1
    assert "no distance\ndiverged" in [text.get_text() for text in by_gid(drawn, Text, "annotation")]


def test_divergence_is_noted_with_group_seed_and_step_and_marked() -> None:
    drawn = overview(width_tables(seeds=9, diverged=LOST))
    note = " ".join(text.get_text() for text in by_gid(drawn, Text, "note"))
    assert "width 5: seed 1 at step 40; width 40: seed 3 at step 120, seed 7 at step 480." in note
    crosses = by_gid(drawn, Line2D, "diverged")
    assert sorted(step for line in crosses for step in line.get_xdata()) == [40, 120, 480]
    assert not by_gid(overview(width_tables(seeds=2)), Text, "note")


def test_every_diverged_seed_is_named_however_many() -> None:
    lost = tuple(("width 40", seed, 10 + seed) for seed in range(30))
    drawn = overview(width_tables(seeds=30, diverged=lost))
    note = " ".join(text.get_text() for text in by_gid(drawn, Text, "note"))
    assert all(f"seed {seed} at step {10 + seed}" in note for seed in range(30))
    assert "No spectrum: width 40." in note


@pytest.mark.parametrize("groups", [EIGHT, ("width 5",), ("width 5", "width 10")])
def test_legend_names_each_group_once_in_its_colour(groups: tuple[str, ...]) -> None:
    legend = overview(width_tables(groups, seeds=2)).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == list(groups)
    styles = group_styles(groups)
    assert [to_hex(h.get_color()) for h in legend.legend_handles] == [to_hex(styles[group].colour) for group in groups]
    assert len({(style.colour, style.marker) for style in styles.values()}) == len(groups)


def test_missing_measure_of_the_paper_is_an_input_error() -> None:
    tables = width_tables(seeds=2)
    other = tables.distances[tables.distances.measure != "wasserstein"]
    with pytest.raises(InputError, match=r"no rows by measure wasserstein \(present: cross_residual, weighted"):
        overview(replace(tables, distances=other))


def test_tables_without_rows_still_give_a_figure() -> None:
    empty = {name: no_rows(name) for name in ("trajectories", "distances", "resampled_distances", "verdicts")}
    drawn = overview(replace(width_tables(seeds=2), **empty))
    everything = [text.get_text() for text in texts(drawn)]
    assert "no distances" in everything
    assert "no trajectory\nrecorded" in everything


# ---- numbers in words ----


def test_numbers_in_words() -> None:
    verdict = pd.Series({"ratio": 93.27, "ratio_low": 80.1, "ratio_high": 110.4, "q_value": 0.0123})
    assert ratio_text(verdict) == "93.3 [80.1, 110]"
    assert ratio_text(verdict.replace(80.1, np.nan)) == "93.3"
    assert ratio_text(verdict.replace(93.27, np.nan)) == ""
    assert [q_text(pd.Series({"q_value": q})) for q in (0.0123, 0.00099, 0.5, np.nan)] == [
        "q = 0.012",
        "q < 0.001",
        "q = 0.50",
        "",
    ]


def test_verdict_summary_has_a_row_for_each_verdict() -> None:
    verdicts = optimizer_tables().verdicts
    summary = verdict_summary(verdicts)
    assert len(summary) == len(verdicts)
    assert list(summary["verdict"]) == list(verdicts["verdict"])
    assert summary.loc[0, "groups"] == "OMD – OGD"
    assert summary.loc[0, "distance"] == "0.00807"
    assert summary.loc[0, "sd"] == "–"


def test_planes_share_axes_only_where_the_groups_live_in_like_coordinates() -> None:
    tables = optimizer_tables(bisection=False)
    like = panel(optimizers(tables), "x[0]", "x[1]") + panel(optimizers(tables), "x[0]", "")
    assert len({axes.get_xlim() for axes in like}) == 1
    of_ogd = tables.trajectories["group"] == "OGD"
    tables.trajectories.loc[of_ogd, "value"] = 5 * np.log(tables.trajectories.loc[of_ogd, "value"])
    drawn = optimizers(tables)
    ogd, omd = [axes for axes in drawn.axes if axes.get_xlabel() == "x[0]"]
    assert ogd.get_xlim()[0] < -5 < -0.1 < omd.get_xlim()[0]
    assert any("axes differ" in text.get_text() for text in by_gid(drawn, Text, "title"))
