"""The cross residual, against its definition on simulated data."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from synthetic_spectra import simulated, spectrum

from traindyn.compare.measures import measure
from traindyn.compare.measures.cross_residual import _pencils, _whitened, residuals
from traindyn.errors import InputError


def definition(X, Y, value) -> float:
    """min_g ‖Y g - λ X g‖ / ‖X g‖: with X = QR the smallest singular value of (Y - λX) R⁻¹."""
    R = np.linalg.qr(X)[1]
    return float(np.linalg.svd((Y - value * X) @ np.linalg.inv(R), compute_uv=False)[-1])


@given(st.integers(0, 10**6), st.complex_numbers(max_magnitude=2))
@settings(max_examples=50, deadline=None)
def test_residual_is_the_norm_of_the_definition(seed, value):
    """Of a real system the conjugate has the same residual."""
    system, X, Y = simulated(np.random.default_rng(seed))
    found = residuals(system, np.array([value, np.conj(value)]))
    assert found[0] == pytest.approx(definition(X, Y, value), rel=1e-6, abs=1e-7)
    assert found[1] == found[0]


def test_form_is_the_squared_norm_of_any_observable():
    """‖Y g - λ X g‖² = g*(L - λA* - λ̄A + |λ|²G)g for complex g and λ: λ goes with A*, not with A."""
    rng = np.random.default_rng(4)
    system, X, Y = simulated(rng)
    A, L = _whitened(system)
    root = np.linalg.cholesky(system.G)
    values = rng.normal(size=5) + 1j * rng.normal(size=5)
    for value, pencil in zip(values, _pencils(A, L, values), strict=True):
        g = rng.normal(size=4) + 1j * rng.normal(size=4)
        whitened = root.T @ g
        expected = np.linalg.norm(Y @ g - value * X @ g) ** 2
        assert whitened.conj() @ pencil @ whitened == pytest.approx(expected, rel=1e-9)


def test_residual_by_direct_minimisation():
    """The definition minimised over complex g itself, from several starts."""
    rng = np.random.default_rng(5)
    system, X, Y = simulated(rng, k=3)
    value = 0.4 + 0.3j

    def ratio(parts):
        g = parts[:3] + 1j * parts[3:]
        return np.linalg.norm(Y @ g - value * X @ g) / np.linalg.norm(X @ g)

    best = min(minimize(ratio, rng.normal(size=6), options={"gtol": 1e-10}).fun for _ in range(10))
    assert residuals(system, np.array([value]))[0] == pytest.approx(best, rel=1e-7)


def test_no_residual_at_own_eigenvalues_where_data_are_linear():
    """L = A* G⁻¹ A: Ψ_Y lies in the span of Ψ_X, so the system's own eigenfunctions are exact."""
    system, _, _ = simulated(np.random.default_rng(6), k=5)
    system = replace(system, L=system.A.T @ np.linalg.solve(system.G, system.A))
    assert residuals(system, system.eigenvalues) == pytest.approx(np.zeros(5), abs=1e-6)
    assert residuals(system, system.eigenvalues + 0.5).min() > 1e-3


def test_own_eigenvalues_keep_the_residual_of_the_data():
    """The least residual at an eigenvalue is at most that of its eigenfunction."""
    system, X, Y = simulated(np.random.default_rng(7))
    values, vectors = np.linalg.eig(np.linalg.solve(system.G, system.A))
    eigenpairs = np.linalg.norm(Y @ vectors - X @ vectors * values, axis=0) / np.linalg.norm(X @ vectors, axis=0)
    found = residuals(system, values.astype(complex))
    assert (found <= eigenpairs + 1e-9).all()
    assert (found > 0).all()


def test_coordinates_are_free():
    """A linear change of the k coordinates leaves every residual as it is."""
    rng = np.random.default_rng(8)
    system, _, _ = simulated(rng)
    T = rng.normal(size=(4, 4))
    moved = replace(system, G=T.T @ system.G @ T, A=T.T @ system.A @ T, L=T.T @ system.L @ T)
    values = rng.normal(size=6) + 1j * rng.normal(size=6)
    assert residuals(moved, values) == pytest.approx(residuals(system, values), rel=1e-8)


def test_distance_is_the_smaller_energy_mean():
    rng = np.random.default_rng(9)
    systems = [simulated(rng, seed=i, k=k) for i, k in enumerate((4, 4, 3, 5))]
    pairs = np.array([[2, 3], [0, 1], [3, 0], [1, 2]])

    def cost(source, target):
        _, X, Y = systems[target]
        a = systems[source][0]
        found = [definition(X, Y, value) for value in a.eigenvalues]
        return np.dot(a.energies, found) / a.energies.sum()

    expected = [min(cost(i, j), cost(j, i)) for i, j in pairs]
    found = measure("cross_residual").pairwise([s for s, _, _ in systems], pairs)
    assert found == pytest.approx(expected, rel=1e-7)


def test_normal_systems_by_hand():
    """For diagonal systems without residual res_b(λ) is the distance to the nearest eigenvalue of b."""
    a = spectrum([0.9, 0.5], energies=[3, 1])
    b = spectrum([0.8, 0.5])
    expected = min((3 * 0.1 + 0) / 4, (0.1 + 0) / 2)
    found = measure("cross_residual").pairwise([a, b], np.array([[0, 1]]))
    assert found[0] == pytest.approx(expected, abs=1e-7)


def test_batches_are_one_computation(monkeypatch):
    system, _, _ = simulated(np.random.default_rng(10))
    values = np.linspace(-1, 1, 11) * np.exp(1j)
    whole = residuals(system, values)
    monkeypatch.setattr("traindyn.compare.measures.cross_residual.BATCH_NUMBERS", 3 * 16)
    assert residuals(system, values) == pytest.approx(whole, abs=1e-14)


def test_singular_coordinates_are_refused():
    system = replace(spectrum([0.9, 0.5]), G=np.zeros((2, 2)))
    with pytest.raises(InputError, match=r"group a, seed 0.*positive definite"):
        residuals(system, np.array([0.5 + 0j]))
