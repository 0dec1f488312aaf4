"""Pairs with a known answer: drawn as they say, whatever else is drawn; and judged as `compare` judges."""

import numpy as np
import pandas as pd
import pytest

from traindyn.compare import distances, verdicts
from traindyn.config import ComparisonPlan
from traindyn.known_answers import held_out, judgements, rates, selection
from traindyn.known_answers.ensembles import orbits, rotation_blocks
from traindyn.known_answers.estimators import plain
from traindyn.known_answers.estimators import rates as rates_of
from traindyn.known_answers.judgements import HALVES
from traindyn.known_answers.linear import DIFFERENCES, Modes, differing
from traindyn.known_answers.methods import WAYS, method_name
from traindyn.known_answers.pair import pair_stream
from traindyn.plotting import known_answers

PLAN = ComparisonPlan(permutations=99, bootstraps=99)


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    return judgements(2, PLAN, 5, lambda line: None)


@pytest.mark.parametrize("half", list(HALVES))
@pytest.mark.parametrize("number", range(12))
def test_a_pair_is_finite_and_what_it_says(half, number):
    pair = HALVES[half](pair_stream(1, half, number), number % 2 == 0)
    again = HALVES[half](pair_stream(1, half, number), number % 2 == 0)
    assert pair.conjugate == (number % 2 == 0)
    assert pair.a.shape == pair.b.shape == (6, 5, *pair.a.shape[2:])
    assert np.isfinite(pair.a).all()
    assert np.isfinite(pair.b).all()
    np.testing.assert_array_equal(pair.a, again.a)
    assert (pair.a != pair.b).any()


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_different_system_has_other_eigenvalues(difference):
    modes = Modes(np.array([0.97, 0.9, 0.88]), np.array([0.3, 0.0, 0.0]))
    other, size = differing(np.random.default_rng(0), modes, difference)
    found = [np.sort_complex(np.linalg.eigvals(rotation_blocks(m.moduli, m.angles))) for m in (modes, other)]
    assert size > 0
    assert found[0].size != found[1].size or np.abs(found[0] - found[1]).max() > 0.002
    assert differing(np.random.default_rng(0), modes, "none") == (modes, 0.0)


def test_the_logistic_map_is_the_tent_map_in_other_coordinates():
    """y ↦ 1 - |2y - 1| step by step; the images of the logistic orbit lose digits near 0 and 1."""
    y = selection._tent(selection._logistic(np.random.default_rng(0), 4.0, 40))
    np.testing.assert_allclose(y[:, :, 1:], 1 - np.abs(2 * y[:, :, :-1] - 1), atol=1e-6)


def test_changes_of_coordinates_can_be_undone():
    """Along any line through two points they are one-to-one where a ≤ 1: no two of many points meet."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, 3))
    apart = np.linalg.norm(x[:, None] - x[None], axis=2)[np.triu_indices(400, 1)]
    for change in [lambda z: selection._bent(rng, z, 1.0), *(held_out._coordinates(rng, 3, 1.0) for _ in range(6))]:
        y = change(x)
        moved = np.linalg.norm(y[:, None] - y[None], axis=2)[np.triu_indices(400, 1)]
        assert (moved / apart).min() > 0.01


def test_rates_of_a_flow_do_not_depend_on_its_step():
    """Eigenvalues of the same flow sampled twice as often differ; rates over the step do not."""
    matrix = np.diag([0.9, 0.8])
    starts = np.random.default_rng(0).normal(size=(5, 2))
    slow, fast = (plain(orbits(each, starts, 60), "a", 0) for each in (matrix, np.sqrt(matrix)))
    found = [np.sort(rates_of(each).eigenvalues.real)[-2:] for each in (slow, fast)]
    np.testing.assert_allclose(found[0], 2 * found[1], rtol=1e-6)


def test_every_way_judges_every_pair(judged):
    methods = [method_name(way, measure) for way in WAYS for measure in way.measures]
    assert len(set(methods)) == len(methods)
    assert judged["method"].tolist() == methods * 4
    assert set(judged["half"]) == {"selection", "held out"}


def test_judgements_are_the_verdicts_of_compare(judged):
    """The permutation test of 924 labelings is exact; only the bootstrap has streams of its own."""
    plan = ComparisonPlan(permutations=1000, bootstraps=99)
    (row, *_) = judgements(1, plan, 5, lambda line: None).to_dict("records")
    pair = selection.drawn(pair_stream(5, "selection", 0), True)
    spectra = [plain(each, g, seed) for g, group in (("a", pair.a), ("b", pair.b)) for seed, each in enumerate(group)]
    table = distances(spectra, [row["method"]])
    (expected,) = verdicts(table, table[:0], spectra, plan, 0).to_dict("records")
    assert row["ratio"] == pytest.approx(expected["ratio"], rel=1e-12)
    assert row["p_value"] == pytest.approx(expected["p_value"], rel=1e-12)


def test_rates_count():
    rows = [("non-conjugate", True), ("equivalent", True), ("undecided", True), ("equivalent", True)]
    rows += [("non-conjugate", False), ("equivalent", False)]
    table = pd.DataFrame(rows, columns=["verdict", "conjugate"]).assign(half="selection", method="m")
    (found,) = rates(table).to_dict("records")
    expected = {"pairs": 4, "false_alarms": 0.25, "equivalent": 0.5, "others": 2, "detections": 0.5, "missed": 0.5}
    assert {name: found[name] for name in expected} == expected


def test_the_figure_shows_the_rates(judged):
    figure = known_answers(judged)
    table = rates(judged)
    marks = {(line.get_color(), line.get_fillstyle()): list(line.get_xdata()) for line in figure.axes[0].lines[:4]}
    for half, fill in (("selection", "none"), ("held out", "full")):
        of_half = table[table["half"] == half]
        assert marks["#D55E00", fill] == of_half["false_alarms"].tolist()
        assert marks["#0072B2", fill] == of_half["detections"].tolist()
