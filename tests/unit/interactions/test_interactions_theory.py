"""What theory leaves of interactions, against the formula written out; its fit; strengths by order; the phases."""

import numpy as np
import pandas as pd
import pytest

from traindyn.interactions.fitted import curves, fit
from traindyn.interactions.moebius import orders
from traindyn.interactions.phases import gap_opens, phases
from traindyn.interactions.strengths import by_order, mean_order, salient, shares
from traindyn.interactions.theory import GRID, learned


def written_out(n, variance):
    """(JᵀJ + 2ⁿ diag c)⁻¹ JᵀJ (2ⁿ, 2ⁿ), from the triggers themselves."""
    S = np.arange(1 << n)
    J = ((S[:, None] & S) == S).astype(float)
    return np.linalg.solve(J.T @ J + 2.0**n * np.diag(2.0 ** orders(n) * variance), J.T @ J)


@pytest.mark.parametrize("variance", [0.0, 1e-6, 0.01, 3.0])
@pytest.mark.parametrize("n", [1, 4, 7])
def test_theory_is_the_formula(n, variance):
    w = np.random.default_rng(n).normal(size=(2, 1 << n))
    np.testing.assert_allclose(learned(w, variance), w @ written_out(n, variance).T, rtol=1e-9, atol=1e-11)


def test_norms_of_what_is_left_fall_with_the_order():
    """The known table for n = 6, σ² = 0.01: ‖M_S‖ of |S| = 0 … 6, M = (JᵀJ + 2ⁿ diag c)⁻¹ JᵀJ."""
    M = learned(np.eye(64), 0.01).T
    norms = np.linalg.norm(M, axis=1)
    for order, known in enumerate([0.9499, 0.8537, 0.6560, 0.3674, 0.1751, 0.0759, 0.0310]):
        np.testing.assert_allclose(norms[orders(6) == order], known, atol=5e-5)


def test_the_noise_level_is_found_again():
    final = np.random.default_rng(0).normal(size=(5, 2, 64))
    predicted = curves(final, salience=0.0)
    for place in (0, 60, 75):
        found = fit(predicted[place], predicted)
        assert found.variance == GRID[place]
        assert found.r2 == 1
    other = fit(predicted[60] + 0.01, predicted)
    assert other.r2 < 1


def test_orders_that_nothing_explains_agree_little():
    final = np.zeros((1, 2, 64))
    final[0, 0, 1] = 1.0  # one interaction of a single variable
    measured = np.array([0, 0, 0, 0, 0.5, 0.5])
    assert fit(measured, curves(final, 0.05)).r2 < 0.5


def test_strengths_by_order():
    effects = np.zeros((1, 2, 8))
    effects[0, 0, [1, 3, 7]] = [-2, 4, 0.1]
    effects[0, 1, 6] = -2
    effects[0, 0, 0] = 100  # the constant: no interaction
    strong = salient(effects, 0.05)  # 0.1 lies below 0.05 · 4
    np.testing.assert_allclose(by_order(strong), [[[-2, 4, 0], [0, -2, 0]]])
    np.testing.assert_allclose(shares(strong), [0.25, 0.75, 0])
    assert mean_order(shares(strong)) == pytest.approx(1.75)
    assert effects[0, 0, 7] == 0.1  # what was given stays


def test_shares_weigh_samples_by_their_strength():
    effects = np.zeros((2, 2, 4))
    effects[0, 0, 1], effects[1, 1, 3] = 3, -1
    np.testing.assert_allclose(shares(effects), [0.75, 0.25])
    assert np.isnan(shares(np.zeros((2, 2, 4)))).all()


def table(**columns):
    return pd.DataFrame({"group": "g", "seed": 0, **columns})


def test_two_phases_have_a_fall_and_a_rise():
    steps = [0, 10, 100, 1000]
    found = phases(table(step=steps, mean_order=[4.0, 1.5, 2.0, 3.0], gap=[0.0, 0.01, 0.2, 1.0])).iloc[0]
    assert (found.boundary, found.fall, found.rise, found.gap_opens) == (10, 2.5, 1.5, 100)


def test_orders_that_only_fall_have_no_second_phase():
    found = phases(table(step=[1, 2, 3], mean_order=[4.0, 3.0, 2.0], gap=[0.0, 0.0, 0.0])).iloc[0]
    assert (found.boundary, found.rise) == (3, 0)
    assert np.isnan(found.gap_opens)


def test_a_gap_that_closes_again_opens_when_it_stays_open():
    steps = np.arange(6)
    assert gap_opens(steps, np.array([0, 0.5, 0, 0.2, 0.9, 1.0])) == 3
    assert np.isnan(gap_opens(steps, np.array([0, 1, 1, 1, 1, 0.0])))


def test_checkpoints_without_interactions_are_passed_over():
    found = phases(table(step=[0, 1, 2], mean_order=[np.nan, 2.0, 3.0], gap=[0.0, 0.0, 1.0])).iloc[0]
    assert (found.boundary, found.first_order) == (1, 2)
    nothing = phases(table(step=[0, 1], mean_order=[np.nan] * 2, gap=[0.0, 1.0])).iloc[0]
    assert np.isnan(nothing.boundary)
