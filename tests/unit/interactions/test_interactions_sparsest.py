"""The sparsest split: known games, and the optimum that HiGHS reaches on the written-out programme."""

import numpy as np
import pytest
from scipy.optimize import linprog

from traindyn.interactions.moebius import orders, rebuilt
from traindyn.interactions.sparsest import sparsest


def masks(n):
    return np.arange(1 << n)


def network(n, seed, hidden=16):
    """Outputs of a random network of ReLUs on all masks: dense, of all orders."""
    generator = np.random.default_rng(seed)
    x = ((masks(n)[:, None] >> np.arange(n)) & 1).astype(float)
    return np.maximum(x @ generator.normal(size=(n, hidden)) + generator.normal(size=hidden), 0) @ generator.normal(
        size=hidden
    )


def highs(v, slack):
    """The least Σ|I_and| + Σ|I_or| with the triggers written out: v(T) − v(∅) + q(T) = Σ_{S⊆T} a + Σ_{S∩T≠∅} o."""
    S = masks(len(v).bit_length() - 1)[1:]
    ands, ors = (S[:, None] & S) == S, (S[:, None] & S) != 0
    A = np.hstack([ands, -1.0 * ands, ors, -1.0 * ors, -np.eye(len(S))])
    costs = np.r_[np.ones(4 * len(S)), np.zeros(len(S))]
    bounds = [(0, None)] * (4 * len(S)) + [(-slack, slack)] * len(S)
    return linprog(costs, A_eq=A, b_eq=v[1:] - v[0], bounds=bounds, method="highs").fun


def total(found):
    return np.abs(found.I_and[1:]).sum() + np.abs(found.I_or[1:]).sum()


GAMES = {
    "network": lambda n: network(n, 1),
    "noise": lambda n: np.random.default_rng(2).normal(size=1 << n),
    "parity": lambda n: (orders(n) % 2).astype(float),
    "majority": lambda n: (orders(n) > n / 2).astype(float),
    "sum": lambda n: orders(n) * 0.7,
}


@pytest.mark.parametrize("slack", [0.0, 0.1])
@pytest.mark.parametrize("name", GAMES)
def test_as_sparse_as_highs(name, slack):
    """To 1e-6: the costs that choose among optima move Σ|I| by no more (and could, by TILT·n of it)."""
    v = GAMES[name](5) + 0.3
    found = sparsest(v, slack)
    assert found.gap < 1e-9
    assert total(found) == pytest.approx(highs(v, slack), rel=1e-6)
    assert np.abs(found.q).max() <= slack * (1 + 1e-12)
    np.testing.assert_allclose(rebuilt(found.I_and, found.I_or), v + found.q, atol=1e-12)


@pytest.mark.parametrize("n", [5, 8])
def test_an_and_and_an_or_are_found_exactly(n):
    """2·AND{0, 1, 2} + 1.5·OR{3, 4}: Σ|I| = 3.5, where the ANDs alone that make it up have 2 + 4.5."""
    S = masks(n)
    v = 2.0 * ((S & 7) == 7) + 1.5 * ((S & 24) != 0) - 1
    found = sparsest(v)
    assert total(found) == pytest.approx(3.5, abs=1e-9)
    expected_and, expected_or = np.zeros(1 << n), np.zeros(1 << n)
    expected_and[[0, 7]], expected_or[24] = [-1, 2], 1.5
    np.testing.assert_allclose(found.I_and, expected_and, atol=1e-8)
    np.testing.assert_allclose(found.I_or, expected_or, atol=1e-8)


def test_outputs_on_all_masks_are_rebuilt_to_rounding():
    """Eight variables, outputs of the size of log odds."""
    v = 10 * network(8, 3)
    found = sparsest(v)
    assert not found.q.any()
    np.testing.assert_allclose(rebuilt(found.I_and, found.I_or), v, atol=1e-9)


def test_among_equally_sparse_splits_the_one_of_lowest_order_is_taken():
    """2x₀ + 3x₁ is also x₁ + 2·AND + 2·OR, and all between: the same Σ|I|."""
    S = masks(3)
    found = sparsest(2.0 * (S & 1) + 3.0 * (S >> 1 & 1))
    # Costs that differ by a TILT of 1e-4 are told apart to a gap of 1e-10: values to 1e-6 of the sum.
    np.testing.assert_allclose(found.I_and, [0, 2, 3, 0, 0, 0, 0, 0], atol=1e-5)
    np.testing.assert_allclose(found.I_or, 0, atol=1e-5)


def test_scale_and_constant_do_not_matter():
    v = network(4, 5)
    found, other = sparsest(v, 0.01), sparsest(1e-7 * v + 1e-7, 0.01 * 1e-7)
    np.testing.assert_allclose(other.I_and[1:] * 1e7, found.I_and[1:], atol=1e-6)
    np.testing.assert_allclose(other.I_or * 1e7, found.I_or, atol=1e-6)


def test_constant_outputs_have_no_interactions():
    for found in (sparsest(np.full(16, 3.0)), sparsest(3 + 0.01 * network(4, 0), slack=1.0)):
        assert total(found) == 0
        assert found.I_and[0] == pytest.approx(3, abs=0.1)
        assert not found.I_or.any()
