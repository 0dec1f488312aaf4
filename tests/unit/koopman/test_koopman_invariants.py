"""What a spectrum must not depend on, for arbitrary data."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from koopman_reference import matching

from traindyn.koopman import fit

# Well-conditioned by construction: white noise, with singular values within a factor of about ten.
problems = st.tuples(
    st.integers(0, 2**32 - 1),  # seed of the values
    st.integers(1, 4),  # replicas
    st.integers(25, 40),  # steps
    st.integers(2, 5),  # weights
    st.integers(0, 6),  # delays
    st.integers(1, 2),  # modes
)


def drawn(problem):
    seed, replicas, steps, weights, delays, modes = problem
    rng = np.random.default_rng(seed)
    # Weights of distinct sizes keep the singular values apart, so that truncation is well posed.
    return rng, rng.standard_normal((replicas, steps, weights)) * 1.5 ** np.arange(weights), delays, modes


def assert_same(a, b):
    order = matching(a.eigenvalues, b.eigenvalues)
    np.testing.assert_allclose(a.eigenvalues, b.eigenvalues[order], atol=1e-6)
    np.testing.assert_allclose(a.residuals, b.residuals[order], atol=1e-6)
    np.testing.assert_allclose(a.energies.sum(), 1)


@settings(max_examples=40, deadline=None)
@given(problems)
def test_rotation_of_the_weights(problem):
    rng, trajectories, delays, modes = drawn(problem)
    turn = np.linalg.qr(rng.standard_normal((trajectories.shape[2],) * 2))[0]
    assert_same(fit(trajectories, delays, modes), fit(trajectories @ turn, delays, modes))


@settings(max_examples=40, deadline=None)
@given(problems)
def test_order_of_the_replicas(problem):
    rng, trajectories, delays, modes = drawn(problem)
    shuffled = trajectories[rng.permutation(len(trajectories))]
    assert_same(fit(trajectories, delays, modes), fit(shuffled, delays, modes))


@settings(max_examples=40, deadline=None)
@given(problems, st.floats(1e-12, 1e12))
def test_scale(problem, factor):
    _, trajectories, delays, modes = drawn(problem)
    plain, scaled = fit(trajectories, delays, modes), fit(factor * trajectories, delays, modes)
    assert_same(plain, scaled)
    np.testing.assert_allclose(scaled.singular_values, factor * plain.singular_values, rtol=1e-10)


@settings(max_examples=40, deadline=None)
@given(problems)
def test_reduced_matrices(problem):
    _, trajectories, delays, modes = drawn(problem)
    found = fit(trajectories, delays, modes)
    spectrum = np.linalg.eigvals(found.A)
    order = matching(found.eigenvalues, spectrum)
    np.testing.assert_allclose(spectrum[order], found.eigenvalues, atol=1e-6)
    np.testing.assert_allclose(found.G, np.eye(len(found.G)), atol=1e-10)
    np.testing.assert_allclose(found.L, found.L.T, atol=1e-12 * np.abs(found.L).max())
    # [G A; A' L] is the Gram matrix of [ΨX ΨY].
    whole = np.block([[found.G, found.A], [found.A.T, found.L]])
    assert np.linalg.eigvalsh(whole).min() > -1e-10 * np.abs(whole).max()


@settings(max_examples=40, deadline=None)
@given(problems)
def test_spectra_of_real_data_are_closed_under_conjugation(problem):
    _, trajectories, delays, _ = drawn(problem)
    found = fit(trajectories, delays, None)
    order = matching(found.eigenvalues, found.eigenvalues.conj())
    np.testing.assert_allclose(found.eigenvalues, found.eigenvalues.conj()[order], atol=1e-12)
    assert np.all(np.diff(np.abs(found.eigenvalues)) <= 0)
    assert np.all(found.energies >= 0)
