"""The ratio and its bootstrap interval, against a loop over resamples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn.compare.bootstrap import group_means, ratio_interval, ratios


def matrix(points) -> np.ndarray:
    points = np.asarray(points)
    return np.abs(points[:, None] - points[None, :])


def loop_means(D, n_a, drawn_a, drawn_b) -> list[float]:
    """The three means over the drawn units themselves, pairs of one original unit left out within."""
    drawn_b = [n_a + j for j in drawn_b]
    between = np.mean([D[i, j] for i in drawn_a for j in drawn_b])
    within = []
    for side in (drawn_a, drawn_b):
        pairs = [D[i, j] for s, i in enumerate(side) for t, j in enumerate(side) if s != t and i != j]
        within.append(np.mean(pairs) if pairs else np.nan)
    return [between, *within]


@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_means_of_resamples(seed, n_a, n_b):
    rng = np.random.default_rng(seed)
    D = matrix(rng.normal(size=n_a + n_b))
    drawn = [(rng.integers(n_a, size=n_a), rng.integers(n_b, size=n_b)) for _ in range(5)]
    counts_a = np.array([np.bincount(a, minlength=n_a) for a, _ in drawn], dtype=float)
    counts_b = np.array([np.bincount(b, minlength=n_b) for _, b in drawn], dtype=float)
    expected = np.transpose([loop_means(D, n_a, *each) for each in drawn])
    assert group_means(D, n_a, counts_a, counts_b) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_interval_of_a_loop():
    """Other random numbers than the loop's: the percentiles of 20000 resamples agree to 2 %."""
    rng = np.random.default_rng(1)
    n_a, n_b = 7, 5
    D = matrix(np.concatenate([rng.normal(size=n_a), 1 + 2 * rng.normal(size=n_b)]))
    drawn = []
    for _ in range(20000):
        between, within_a, within_b = loop_means_fast(D, n_a, n_b, rng)
        drawn.append(between / ((within_a + within_b) / 2))
    expected = np.nanquantile(drawn, [0.05, 0.95])
    assert ratio_interval(D, n_a, 20000, 0.1, rng) == pytest.approx(expected, rel=0.02)


def loop_means_fast(D, n_a, n_b, rng):
    """As loop_means, with the drawn units' own submatrices."""
    a, b = rng.integers(n_a, size=n_a), n_a + rng.integers(n_b, size=n_b)
    within = [D[np.ix_(side, side)][side[:, None] != side[None, :]] for side in (a, b)]
    return D[np.ix_(a, b)].mean(), *(each.mean() if each.size else np.nan for each in within)


def test_ratio_by_hand():
    D = matrix([0.0, 2.0, 10.0, 11.0, 12.0])
    means = group_means(D, 2, np.ones((1, 2)), np.ones((1, 3)))
    assert means[:, 0] == pytest.approx([10.0, 2.0, 4 / 3])
    assert ratios(means)[0] == pytest.approx(10 / ((2 + 4 / 3) / 2))


def test_interval_is_about_the_ratio():
    rng = np.random.default_rng(2)
    D = matrix(np.concatenate([rng.normal(size=20), 3 + rng.normal(size=20)]))
    low, high = ratio_interval(D, 20, 2000, 0.05, rng)
    ratio = ratios(group_means(D, 20, np.ones((1, 20)), np.ones((1, 20))))[0]
    assert 1 < low < ratio < high


def test_no_spread_within():
    """Infinitely far apart as ratios go; where nothing differs at all, there is no ratio."""
    D = matrix([0.0] * 3 + [1.0] * 3)
    assert ratio_interval(D, 3, 99, 0.05, np.random.default_rng(0)) == (np.inf, np.inf)
    assert np.isnan(ratio_interval(0 * D, 3, 99, 0.05, np.random.default_rng(0))).all()


@pytest.mark.parametrize("n_a", [0, 1, 2, 5, 6, 7])
def test_too_few_units(n_a):
    """Of two units the interval would have no width."""
    found = ratio_interval(matrix(np.arange(7.0)), n_a, 99, 0.05, np.random.default_rng(0))
    assert np.isnan(found).all()
