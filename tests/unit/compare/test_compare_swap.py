"""The swap test, against enumeration by brute force."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from synthetic_spectra import OGD, OMD

from traindyn.compare import swap


def best(x, y):
    """Least mean cost over all permutations, and the partners at that cost."""
    return min((np.abs(x - y[list(order)]).mean(), order) for order in permutations(range(len(y))))


def brute_force(pairs) -> float:
    """Every joint swap of every seed's matched pairs, the statistic being the mean over seeds."""
    matched = [(x, y[list(best(x, y)[1])]) for x, y in pairs]
    observed = np.mean([best(x, y)[0] for x, y in matched])
    means = []
    for choice in product([False, True], repeat=sum(len(x) for x, _ in pairs)):
        masks = np.split(np.array(choice), np.cumsum([len(x) for x, _ in pairs])[:-1])
        swapped = [best(np.where(m, y, x), np.where(m, x, y))[0] for m, (x, y) in zip(masks, matched, strict=True)]
        means.append(np.mean(swapped))
    return float(np.mean(np.array(means) >= observed * (1 - 1e-12)))


def clouds(seed, k, count=1):
    rng = np.random.default_rng(seed)
    return [tuple(rng.normal(size=(2, k)) + 1j * rng.normal(size=(2, k))) for _ in range(count)]


@pytest.mark.parametrize(("seed", "k"), [(0, 1), (1, 2), (2, 4), (3, 5), (4, 5), (5, 5)])
def test_one_seed_is_enumerated(seed, k):
    pairs = clouds(seed, k)
    assert swap.swap_p(pairs, 10, np.random.default_rng(0)) == pytest.approx(brute_force(pairs), abs=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_several_seeds_are_enumerated(seed):
    """The product of the seeds' shares is the share of the joint swaps."""
    pairs = clouds(seed, 4, count=2)
    expected = brute_force(pairs)
    assert 0 < expected < 1
    assert swap.swap_p(pairs, 10, np.random.default_rng(0)) == pytest.approx(expected, abs=1e-14)


def test_sampling_agrees_with_enumeration(monkeypatch):
    """Binomial noise of 20000 samples is below 0.0035; four of it are allowed."""
    pairs = clouds(7, 4, count=2)
    expected = brute_force(pairs)
    monkeypatch.setattr(swap, "ENUMERATED", 1)
    found = swap.swap_p(pairs, 20000, np.random.default_rng(1))
    assert found == pytest.approx(expected, abs=0.014)
    assert found != expected


def test_sampled_p_is_never_zero(monkeypatch):
    monkeypatch.setattr(swap, "ENUMERATED", 1)
    x = np.linspace(0.0, 0.9, 12)
    assert swap.swap_p([(x, x + 1.0)] * 3, 99, np.random.default_rng(0)) == pytest.approx(0.01)


def test_close_pairs_far_from_each_other_are_exchangeable():
    x = np.arange(5.0)
    assert swap.swap_p([(x, x + 0.01)], 10, np.random.default_rng(0)) == 1.0


def test_equal_spectra():
    assert swap.swap_p([(OMD, OMD)], 10, np.random.default_rng(0)) == 1.0


def test_a_shift_across_the_spectrum_is_not_exchangeable():
    """All of b lies beyond all of a: only swapping none or all keeps the distance."""
    x = np.linspace(0.0, 0.1, 6)
    assert swap.swap_p([(x, x + 1.0)], 10, np.random.default_rng(0)) == pytest.approx(2 / 2**6)


def test_published_spectra_are_called_equivalent():
    """The paper's conclusion for mirror descent and gradient descent in the dual: no rejection at 5 %."""
    assert swap.swap_p([(OMD, OGD)], 10, np.random.default_rng(0)) > 0.05


@pytest.mark.parametrize("pairs", [[], [(OMD, OGD[:9])], [(OMD, OGD), (OMD[:3], OGD)]])
def test_undefined(pairs):
    assert np.isnan(swap.swap_p(pairs, 10, np.random.default_rng(0)))


@pytest.mark.parametrize("seed", range(30))
def test_masks_ruled_out_unseen_are_those_that_an_assignment_rules_out(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=9) + 1j * rng.normal(size=9)
    y = x + 10.0 ** -rng.integers(0, 4) * (rng.normal(size=9) + 1j * rng.normal(size=9))
    if seed % 3 == 0:  # many ties
        x, y = np.round(x, 1), np.round(y, 1)
    pair, masks = swap._matched(x, y), swap._all_masks(9)
    by_assignment = swap._swapped(*pair, masks) >= np.abs(pair[0] - pair[1]).mean() * (1 - swap.TIE)
    np.testing.assert_array_equal(swap._reached(pair, masks), by_assignment)


@given(st.integers(1, 12), st.integers(0, 10**6), st.floats(0, 0.5))
@settings(max_examples=60, deadline=None)
def test_clusters_are_connected_components(k, seed, density):
    joined = np.random.default_rng(seed).random((k, k)) < density
    cluster = connected_components(joined, directed=False)[1]
    expected = [cluster.tolist().index(each) for each in cluster]
    assert swap._first_of_cluster(joined).tolist() == expected
