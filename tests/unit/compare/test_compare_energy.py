"""The energy two-sample test, against loops over labelings."""

from itertools import combinations

import numpy as np
import pytest

from traindyn.compare.energy import energy_statistics, permutation_p


def matrix(points) -> np.ndarray:
    points = np.asarray(points)
    return np.abs(points[:, None] - points[None, :])


def statistic(D, a) -> float:
    b = [i for i in range(len(D)) if i not in a]
    within_a, within_b = (np.mean([D[i, j] for i, j in combinations(side, 2)]) for side in (a, b))
    return 2 * np.mean([D[i, j] for i in a for j in b]) - within_a - within_b


def test_statistic():
    D = matrix(np.random.default_rng(0).normal(size=7))
    labels = np.array([[1, 1, 1, 0, 0, 0, 0], [0, 1, 0, 1, 0, 0, 1]], dtype=float)
    expected = [statistic(D, (0, 1, 2)), statistic(D, (1, 3, 6))]
    assert energy_statistics(D, labels) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize(("n_a", "n"), [(2, 4), (3, 7), (4, 8)])
def test_enumeration(n_a, n):
    rng = np.random.default_rng(n)
    D = matrix(np.concatenate([rng.normal(size=n_a), 1 + rng.normal(size=n - n_a)]))
    values = np.array([statistic(D, a) for a in combinations(range(n), n_a)])
    expected = np.mean(values >= values[0] - 1e-12)  # combinations() starts with 0 .. n_a - 1
    assert permutation_p(D, n_a, 10**6, rng) == pytest.approx(expected, abs=1e-14)


def test_smallest_p_of_an_enumeration():
    """4 against 4 far apart: of C(8, 4) = 70 labelings the observed and its mirror image reach it."""
    D = matrix([0, 0.1, 0.2, 0.3, 9, 9.1, 9.2, 9.3])
    assert permutation_p(D, 4, 70, np.random.default_rng(0)) == pytest.approx(2 / 70, abs=1e-14)


def test_sampling():
    """Fewer permutations than labelings are sampled: (b + 1) / (m + 1), on average near the enumerated p."""
    rng = np.random.default_rng(3)
    D = matrix(np.concatenate([rng.normal(size=6), 0.7 + rng.normal(size=6)]))
    exact = permutation_p(D, 6, 924, rng)
    sampled = [permutation_p(D, 6, 99, np.random.default_rng(seed)) for seed in range(400)]
    assert set(sampled) <= {count / 100 for count in range(1, 101)}
    expected = (99 * exact + 1) / 100
    assert 0.05 < exact < 0.95
    assert np.mean(sampled) == pytest.approx(expected, abs=4 * np.sqrt(exact * (1 - exact) / (99 * 400)))


def test_batches_are_one_computation(monkeypatch):
    D = matrix(np.random.default_rng(4).normal(size=20))
    one = permutation_p(D, 10, 500, np.random.default_rng(0))
    monkeypatch.setattr("traindyn.compare.energy.BATCH", 7)
    assert permutation_p(D, 10, 500, np.random.default_rng(0)) == one


def test_all_equal_is_no_evidence():
    assert permutation_p(np.zeros((8, 8)), 4, 10, np.random.default_rng(0)) == 1.0


def test_scale_is_free():
    rng = np.random.default_rng(5)
    D = matrix(np.concatenate([rng.normal(size=5), 1 + rng.normal(size=5)]))
    found = {permutation_p(scale * D, 5, 252, rng) for scale in (1e-9, 1.0, 1e9)}
    assert len(found) == 1


@pytest.mark.parametrize("n_a", [0, 1, 4, 5])
def test_too_few_units(n_a):
    assert np.isnan(permutation_p(matrix(np.arange(5.0)), n_a, 99, np.random.default_rng(0)))


def test_missing_distance():
    D = matrix(np.arange(6.0))
    D[0, 5] = D[5, 0] = np.nan
    assert np.isnan(permutation_p(D, 3, 99, np.random.default_rng(0)))
