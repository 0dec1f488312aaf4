"""The factorial's figure: its numbers are the tables', its order and its map those of independent computations."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from scipy.cluster.hierarchy import cophenet, dendrogram, linkage
from scipy.spatial.distance import squareform
from scipy.stats import pearsonr
from sklearn.manifold import ClassicalMDS
from synthetic_factorial import ARCHITECTURES, OPTIMIZERS, factorial_tables, places
from synthetic_tables import no_rows

# pytest collects these here once more: what every figure must satisfy, on the figures of this file.
from test_plotting_figures import (  # noqa: F401
    by_gid,
    panel,
    test_every_axis_has_a_quantity,
    test_no_panel_lies_on_another_and_no_legend_on_a_panel,
    test_no_two_texts_lie_on_one_another,
    test_nothing_is_clipped_by_the_page,
    test_text_is_legible_in_print,
    texts,
)

from traindyn.errors import InputError
from traindyn.plotting import Tables, factorial, verdict_table
from traindyn.plotting.absent import absent_groups
from traindyn.plotting.clustering import cluster
from traindyn.plotting.factors import factors
from traindyn.plotting.group_distances import group_distances, spectrum_distances
from traindyn.plotting.mds import classical_mds
from traindyn.plotting.page import text_width, wrapped
from traindyn.plotting.verdict_matrix import by_place, short_q
from traindyn.plotting.verdicts import LOOKS

LONG = ("resnet20 without normalisation", "resnet20 with it")
GONE = tuple(("wide/adam", seed, 12 + seed) for seed in range(4))
ONE_SEED = (("deep/sgd", 2, 30),)
CASES: dict[str, Callable[[], Tables]] = {
    "three by five": factorial_tables,
    "diverged": lambda: factorial_tables(diverged=GONE + ONE_SEED),
    "one group": lambda: factorial_tables(("a",), ("sgd",)),
    "two groups": lambda: factorial_tables(("a",), ("sgd", "adam")),
    "one seed": lambda: factorial_tables(seeds=1),
    "all diverged": lambda: factorial_tables(("a",), ("sgd", "adam"), 1, (("a/sgd", 0, 3), ("a/adam", 0, 9))),
    "long names": lambda: factorial_tables(LONG, ("adamw with weight decay 0.1", "sgd momentum 0.9 lr 1e-2"), 3),
    "four by seven": lambda: factorial_tables(tuple("abcd"), (*OPTIMIZERS, "rmsprop", "lion"), 2),
    "one architecture": lambda: factorial_tables(("net",), OPTIMIZERS, 3),
}


@pytest.fixture(scope="module", params=list(CASES))
def figure(request: pytest.FixtureRequest) -> Figure:
    drawn = factorial(CASES[request.param]())
    FigureCanvasAgg(drawn).draw()
    return drawn


def paper(tables: Tables) -> pd.DataFrame:
    return tables.distances[tables.distances["measure"] == "wasserstein"]


def row_labels(drawn: Figure) -> list[str]:
    """The groups as the heat map and the verdict matrix list them, from the top: they must agree."""
    labels = [text.get_text() for text in by_gid(drawn, Text, "row")]
    half = len(labels) // 2
    assert labels[:half] == labels[half:]
    return labels[:half]


# ---- heat map ----


def test_heat_map_holds_the_mean_distances_of_the_table() -> None:
    tables = factorial_tables()
    drawn = factorial(tables)
    order = row_labels(drawn)
    assert sorted(order) == sorted(tables.groups)
    (mesh,) = by_gid(drawn, QuadMesh, "heat")
    cells = np.asarray(mesh.get_array()).reshape(15, 15)
    for (i, a), (j, b) in ((x, y) for x in enumerate(order) for y in enumerate(order)):
        own = paper(tables)
        pairs = own[((own.group_a == a) & (own.group_b == b)) | ((own.group_a == b) & (own.group_b == a))]
        assert len(pairs) == (16 if a != b else 6)
        np.testing.assert_allclose(cells[i, j], pairs["distance"].mean(), rtol=1e-12)


def test_a_single_seed_shows_the_scatter_of_its_parts_or_nothing() -> None:
    tables = factorial_tables(seeds=1)
    assert np.isnan(np.diag(group_distances(tables, "wasserstein"))).all()
    parts = factorial_tables(seeds=3).distances
    own = group_distances(replace(tables, resampled_distances=parts), "wasserstein")
    expected = parts[(parts.measure == "wasserstein") & (parts.group_a == parts.group_b)].groupby("group_a")["distance"]
    np.testing.assert_allclose(np.diag(own), expected.mean()[own.index], rtol=1e-12)


def test_a_missing_distance_is_an_input_error() -> None:
    tables = factorial_tables()
    there = tables.distances
    cut = (there.group_a == "narrow/sgd") & (there.group_b == "wide/adam")
    with pytest.raises(InputError, match="no wasserstein distance between narrow/sgd and wide/adam"):
        factorial(replace(tables, distances=there[~cut]))
    cut &= (there.seed_a == 1) & (there.seed_b == 2)
    with pytest.raises(InputError, match="no wasserstein distance between narrow/sgd seed 1 and wide/adam seed 2"):
        factorial(replace(tables, distances=there[~cut]))
    with pytest.raises(InputError, match=r"no rows by measure wasserstein \(present: cross_residual\)"):
        factorial(replace(tables, distances=there[there.measure == "cross_residual"]))


# ---- dendrogram ----


def test_order_and_branches_are_scipys_average_linkage() -> None:
    tables = factorial_tables()
    matrix = group_distances(tables, "wasserstein")
    own = paper(tables)[["group_a", "group_b", "distance"]]
    wide = own.groupby(["group_a", "group_b"])["distance"].mean().unstack()  # built in another way than the figure's
    square = wide.reindex(index=tables.groups, columns=tables.groups).to_numpy()
    square = np.where(np.isnan(square), square.T, square)
    np.fill_diagonal(square, 0)
    tree = linkage(squareform(square), "average", optimal_ordering=True)
    expected = dendrogram(tree, labels=tables.groups, no_plot=True)
    assert list(cluster(matrix).groups) == expected["ivl"]
    drawn = factorial(tables)
    assert row_labels(drawn) == expected["ivl"]
    branches = by_gid(drawn, Line2D, "branch")
    heights = sorted(tuple(np.round(line.get_xdata(), 12)) for line in branches)
    assert heights == sorted(tuple(np.round(d, 12)) for d in expected["dcoord"])
    # A leaf's branch ends in the middle of its row.
    leaves = {float(y) for line in branches for x, y in zip(*line.get_data(), strict=True) if x == 0}
    assert leaves == {i + 0.5 for i in range(15)}


def test_groups_join_at_the_mean_distance_of_their_clusters() -> None:
    """Four groups of which two and two are close: the root lies at the mean of the four distances across."""
    tables = factorial_tables(("near", "far"), ("sgd", "adam"))
    matrix = group_distances(tables, "wasserstein")
    tree = cluster(matrix)
    across = [matrix.loc[a, b] for a, b in combinations(matrix.index, 2) if a.split("/")[1] != b.split("/")[1]]
    assert tree.linkage is not None
    assert cophenet(tree.linkage).max() == pytest.approx(np.mean(across), rel=1e-12)


def test_the_scatter_of_seeds_is_marked() -> None:
    tables = factorial_tables()
    (line,) = by_gid(factorial(tables), Line2D, "scatter of seeds")
    own = paper(tables)
    within = own[own.group_a == own.group_b].groupby("group_a")["distance"].mean().mean()
    assert line.get_xdata()[0] == pytest.approx(within, rel=1e-12)


# ---- map ----


def test_classical_mds_recovers_points_of_the_plane() -> None:
    points = np.random.default_rng(1).normal(size=(40, 2)) * (3, 1)
    D = np.linalg.norm(points[:, None] - points[None], axis=2)
    found = classical_mds(D)
    again = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    np.testing.assert_allclose(again, D, atol=1e-12)
    assert sum(found.shares) == pytest.approx(1)
    assert found.fidelity == pytest.approx(1)
    np.testing.assert_array_equal(classical_mds(D).points, found.points)


def test_classical_mds_is_scikit_learns_up_to_sign_where_the_plane_is_not_enough() -> None:
    points = np.random.default_rng(2).normal(size=(25, 4)) * (4, 2, 1, 0.5)
    D = np.abs(points[:, None] - points[None]).sum(axis=2)  # city blocks: no Euclidean distance at all
    found = classical_mds(D)
    reference = ClassicalMDS(n_components=2, metric="precomputed").fit_transform(D)
    np.testing.assert_allclose(np.abs(found.points), np.abs(reference), atol=1e-10)
    assert all(column[np.argmax(np.abs(column))] > 0 for column in found.points.T)
    drawn = [np.linalg.norm(reference[i] - reference[j]) for i, j in combinations(range(25), 2)]
    given = [D[i, j] for i, j in combinations(range(25), 2)]
    assert found.fidelity == pytest.approx(pearsonr(given, drawn)[0], rel=1e-9)
    assert 0 < found.shares[1] < found.shares[0] < 1


@pytest.mark.parametrize("n", [2, 3])
def test_classical_mds_of_equal_or_few_points(n: int) -> None:
    assert np.isfinite(classical_mds(np.zeros((n, n))).points).all()
    D = 1 - np.eye(n)
    found = classical_mds(D).points
    np.testing.assert_allclose(np.linalg.norm(found[:, None] - found[None], axis=2), D, atol=1e-12)


def test_points_on_the_map_lie_as_far_apart_as_the_table_says() -> None:
    tables = factorial_tables(diverged=GONE + ONE_SEED)
    drawn = factorial(tables)
    (axes,) = [a for a in drawn.axes if a.get_xlabel().startswith("first coordinate")]
    clouds = {c.get_label(): np.asarray(c.get_offsets()) for c in axes.collections if isinstance(c, PathCollection)}
    truth = {run: p for run, p in places(ARCHITECTURES, OPTIMIZERS, 4).items() if run[0] in clouds}
    truth.pop(("deep/sgd", 2))
    assert set(clouds) == set(tables.groups) - {"wide/adam"}
    mapped, true = [], []
    for group, cloud in clouds.items():
        seeds = sorted(seed for name, seed in truth if name == group)
        assert len(cloud) == len(seeds)
        mapped += list(cloud)
        true += [truth[group, seed] for seed in seeds]
    for i, j in combinations(range(len(true)), 2):
        expected = np.linalg.norm(true[i] - true[j])
        assert np.linalg.norm(mapped[i] - mapped[j]) == pytest.approx(expected, abs=1e-10)
    means = by_gid(drawn, Line2D, "mean")
    np.testing.assert_allclose([np.ravel(m.get_data()) for m in means], [c.mean(axis=0) for c in clouds.values()])
    assert axes.get_aspect() == 1
    spans = np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())
    assert spans[0] == pytest.approx(spans[1])


def test_colour_is_the_optimizers_and_marker_the_architectures() -> None:
    tables = factorial_tables()
    styles = factors(tables).styles()
    for a, b in combinations(styles, 2):
        (net_a, opt_a), (net_b, opt_b) = a.split("/"), b.split("/")
        assert (styles[a].colour == styles[b].colour) == (opt_a == opt_b)
        assert (styles[a].marker == styles[b].marker) == (net_a == net_b)
    legends = factorial(tables).legends
    assert [t.get_text() for t in legends[0].get_texts()] == sorted(OPTIMIZERS)
    assert [t.get_text() for t in legends[1].get_texts()] == sorted(ARCHITECTURES)
    colours = {str(h.get_label()): to_hex(h.get_color()) for h in legends[0].legend_handles}
    assert colours["adam"] == to_hex(styles["wide/adam"].colour)


def test_factors_come_from_the_tables_not_from_the_label() -> None:
    tables = factorial_tables(("a",), ("sgd", "adam"))
    renamed = {
        name: getattr(tables, name).replace({"a/sgd": "mine"}) for name in ("spectra", "learning_curves", "verdicts")
    }
    found = factors(replace(tables, **renamed))
    assert (found.architecture["mine"], found.optimizer["mine"]) == ("a", "sgd")


# ---- verdicts ----


def test_cells_above_the_diagonal_are_q_in_the_verdicts_colour() -> None:
    tables = factorial_tables()
    drawn = factorial(tables)
    order = row_labels(drawn)
    of_paper = tables.verdicts[tables.verdicts.measure == "wasserstein"]
    by_pair = {frozenset((r.group_a, r.group_b)): r for r in of_paper.itertuples()}
    expected = [
        ("<0.001" if (q := by_pair[frozenset((a, b))].q_value) < 0.001 else f"{q:.3f}" if q < 0.1 else f"{q:.2f}")
        for a, b in combinations(order, 2)
    ]
    cells = by_gid(drawn, Text, "above text")
    assert sorted(cell.get_text() for cell in cells) == sorted(expected)
    by_row = sorted(cells, key=lambda cell: (cell.get_position()[1], cell.get_position()[0]))
    assert [cell.get_text() for cell in by_row] == expected
    for name, count in of_paper["verdict"].value_counts().items():
        own = by_gid(drawn, Artist, f"above {name}")
        assert len(own) == count
        assert {cell.get_facecolor() for cell in own} == {to_rgba(LOOKS[str(name)][0])}


def test_cells_below_the_diagonal_hold_every_measures_verdict_at_the_mirrored_place() -> None:
    tables = factorial_tables()
    drawn = factorial(tables)
    order = row_labels(drawn)
    (axes,) = {text.axes for text in by_gid(drawn, Text, "above text")}
    ys = sorted({round(t.get_position()[1], 6) for t in by_gid(axes, Text, "row")})
    xs = sorted({round(t.get_position()[0], 6) for t in by_gid(axes, Text, "column")})
    for place, measure in enumerate(tables.measures):
        table = tables.verdicts[tables.verdicts.measure == measure]
        expected = {frozenset((r.group_a, r.group_b)): r.verdict for r in table.itertuples()}
        cells = by_gid(drawn, Artist, f"below {measure} ")
        assert len(cells) == 105
        for cell in cells:
            x, y = cell.get_x() + cell.get_width() * (1.5 - place), cell.get_y() + cell.get_height() / 2
            row, column = int(np.argmin(np.abs(np.array(ys) - y))), int(np.argmin(np.abs(np.array(xs) - x)))
            assert xs[column] == pytest.approx(x, abs=1e-6)
            assert row > column
            assert cell.get_gid() == f"below {measure} {expected[frozenset((order[row], order[column]))]}"
    signs = [text.get_text() for text in by_gid(drawn, Text, "below text")]
    assert len(signs) == 3 * 105
    assert set(signs) == {"≠", "≈", "?"}


def test_the_key_counts_the_verdicts_of_every_measure() -> None:
    tables = factorial_tables()
    key = " ".join(text.get_text() for text in by_gid(factorial(tables), Text, "key")).replace("\u00a0", " ")
    for measure in tables.measures:
        counts = tables.verdicts[tables.verdicts.measure == measure]["verdict"].value_counts()
        words = ", ".join(f"{counts[name]} {LOOKS[name][2]}" for name in LOOKS if name in counts)
        assert f"{measure.replace('_', ' ')} {words}" in key
    assert "Tested over seeds (4 per group)." in key


def test_many_groups_show_signs_and_the_key_says_so() -> None:
    tables = factorial_tables(tuple("abcd"), (*OPTIMIZERS, "rmsprop", "lion"), 2)
    drawn = factorial(tables)
    assert {text.get_text() for text in by_gid(drawn, Text, "above text")} == {"≠", "≈", "?"}
    key = " ".join(text.get_text() for text in by_gid(drawn, Text, "key"))
    assert "verdict (q in the table of verdicts) by wasserstein" in key


def test_pairs_are_found_in_either_order() -> None:
    tables = factorial_tables(("a",), ("sgd", "adam", "adamw"))
    forth = by_place(tables.verdicts, "wasserstein", ["a/sgd", "a/adam", "a/adamw"])
    back = by_place(tables.verdicts, "wasserstein", ["a/adamw", "a/adam", "a/sgd"])
    assert set(forth) == {(0, 1), (0, 2), (1, 2)}
    assert forth[0, 1].equals(back[1, 2])
    assert short_q(pd.Series({"q_value": np.nan, "verdict": "diverged"})) == "×"


def test_the_table_of_verdicts_names_every_pair_twice() -> None:
    tables = factorial_tables(diverged=GONE)
    for measure in tables.measures:
        words = verdict_table(tables, measure)
        assert list(words.index) == list(words.columns)
        assert sorted(words.index) == sorted(tables.groups)
        for row in tables.verdicts[tables.verdicts.measure == measure].itertuples():
            text = words.loc[row.group_a, row.group_b]
            assert text == words.loc[row.group_b, row.group_a]
            assert text.startswith(row.verdict)
            assert ("q = 0.48" in text) == (row.q_value == 0.48)
        assert set(np.diag(words)) == {""}


# ---- divergence ----


def test_a_diverged_group_has_its_row_with_words_and_stops_no_other() -> None:
    tables = factorial_tables(diverged=GONE + ONE_SEED)
    drawn = factorial(tables)
    assert absent_groups(tables) == {"wide/adam": "all seeds diverged at steps 12–15"}
    (words,) = by_gid(drawn, Text, "gone")
    assert words.get_text() == "× all seeds diverged at steps 12–15"
    assert row_labels(drawn)[-1] == "wide/adam"
    (mesh,) = by_gid(drawn, QuadMesh, "heat")
    assert np.asarray(mesh.get_array()).size == 14 * 14
    dark = by_gid(drawn, Artist, "above diverged")
    assert len(dark) == 14
    assert len(by_gid(drawn, Artist, "above ")) == 2 * 105  # cells and their texts
    note = " ".join(text.get_text() for text in by_gid(drawn, Text, "note"))
    assert "wide/adam: seed 0 (2 replicas) at step 12, seed 1 (2 replicas) at step 13" in note
    assert "deep/sgd: seed 2 (2 replicas) at step 30" in note
    crosses = by_gid(drawn, Line2D, "diverged")
    assert sorted(step for line in crosses for step in line.get_xdata()) == [12, 13, 14, 15, 30]


# ---- losses ----


def test_losses_are_means_over_seeds_in_the_panel_of_their_architecture() -> None:
    tables = factorial_tables()
    drawn = factorial(tables)
    panels = [a for a in drawn.axes if a.get_title() in ARCHITECTURES]
    assert [a.get_title() for a in panels] == sorted(ARCHITECTURES)
    for axes in panels:
        lines = {line.get_label(): line for line in axes.lines if "/" in str(line.get_label())}
        assert set(lines) == {f"{axes.get_title()}/{o}" for o in OPTIMIZERS}
        for group, line in lines.items():
            own = tables.learning_curves[tables.learning_curves.group == group]
            np.testing.assert_allclose(line.get_ydata(), own.groupby("step")["train_loss"].mean(), rtol=1e-12)
    assert len(panel(drawn, "training step", "training loss (nats)")) == 1


# ---- the page ----


def test_panels_are_lettered_from_a_to_d(figure: Figure) -> None:
    letters = [text.get_text() for text in by_gid(figure, Text, "letter")]
    assert sorted(letters) == list("abcd")


def test_groups_that_are_in_the_verdicts_only_are_drawn() -> None:
    tables = factorial_tables(("a",), ("sgd", "adam"))
    drawn = factorial(replace(tables, learning_curves=no_rows("learning_curves"), spectra=tables.spectra[:0],
                              distances=no_rows("distances")))  # fmt: skip
    assert "× no spectrum" in [text.get_text() for text in texts(drawn)]


def test_spectrum_distances_are_symmetric_with_a_zero_diagonal() -> None:
    found = spectrum_distances(factorial_tables(), "wasserstein").to_numpy()
    assert found.shape == (60, 60)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 0)


def test_wrapped_lines_are_no_wider_than_asked() -> None:
    lines = wrapped("one two three four five six seven", 0.7)
    assert " ".join(lines) == "one two three four five six seven"
    assert len(lines) > 2
    assert all(text_width(line) <= 0.7 for line in lines)
    assert wrapped("one\u00a0two three", 0.1) == ["one\u00a0two", "three"]
