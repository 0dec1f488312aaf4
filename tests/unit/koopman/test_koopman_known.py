"""Systems whose spectra are known: linear ones, and the published spectra of two optimizers."""

import itertools

import numpy as np
import pytest
from koopman_reference import matching

from traindyn.koopman import fit

# Redman et al. 2024, optimizer experiment: all 10 modes of online mirror and online gradient descent.
MIRROR = [0.9979, 0.9964, 0.9838, 0.9799, 0.9320, 0.9246, 0.8012, 0.7925, 0.5651, 0.5581]
GRADIENT = [1.0005, 0.9986, 0.9937, 0.9867, 0.9488, 0.9348, 0.8176, 0.7999, 0.5710, 0.5555]


def linear(matrix, starts, steps):
    """Trajectories of x -> matrix @ x: (replica, step, weight)."""
    states = [np.asarray(starts, dtype=np.float64)]
    for _ in range(steps - 1):
        states.append(states[-1] @ matrix.T)
    return np.stack(states, axis=1)


def iterated(step, starts, steps=100):
    states = [np.array(starts)]
    for _ in range(steps - 1):
        states.append(step(states[-1]))
    return np.stack(states, axis=1)


def mirror(x):
    return np.clip(1 / (1 / x + 0.01 * (1 + np.tan(x) ** 2)), 1 / 100, 1)


def gradient(u):
    x = np.exp(u)
    return np.clip(u - 0.01 * (1 + np.tan(x) ** 2) * x, np.log(1 / 100), 0)


@pytest.mark.parametrize("delays", [0, 3, 9])
@pytest.mark.parametrize("replicas", [1, 4])
@pytest.mark.parametrize("modes", [6, None])
def test_linear_systems(delays, replicas, modes):
    rng = np.random.default_rng(0)
    spectrum = np.array([1.0, 0.97, 0.9 * np.exp(0.7j), 0.9 * np.exp(-0.7j), 0.8, -0.7])
    blocks = np.diag([1.0, 0.97, 0.9 * np.cos(0.7), 0.9 * np.cos(0.7), 0.8, -0.7])
    blocks[2, 3], blocks[3, 2] = -0.9 * np.sin(0.7), 0.9 * np.sin(0.7)
    basis = np.linalg.qr(rng.standard_normal((6, 6)))[0] + 0.1 * rng.standard_normal((6, 6))
    matrix = basis @ blocks @ np.linalg.inv(basis)
    trajectories = linear(matrix, rng.standard_normal((replicas, 6)), 30)
    found = fit(trajectories, delays, modes)
    assert len(found.eigenvalues) == 6
    expected = spectrum[matching(found.eigenvalues, spectrum)]
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.residuals, 0, atol=1e-10)


def test_energies_of_orthogonal_modes_are_what_they_carry():
    # x = (3·0.9^t, 1·0.5^t): with one system per weight the energies are the sums of squares.
    steps = np.arange(20)
    trajectories = np.stack([[3 * 0.9**steps, 0 * steps], [0 * steps, 0.5**steps]]).swapaxes(1, 2)
    carried = np.array([np.sum((3 * 0.9 ** steps[:-1]) ** 2), np.sum(0.25 ** steps[:-1])])
    found = fit(trajectories, 0, 2)
    np.testing.assert_allclose(found.eigenvalues, [0.9, 0.5], atol=1e-12)
    np.testing.assert_allclose(found.energies, carried / carried.sum(), atol=1e-12)


@pytest.mark.parametrize(
    ("step", "line", "published"),
    [(mirror, (0.1, 0.9), MIRROR), (gradient, (-2.3, -0.1), GRADIENT)],
    ids=["mirror", "gradient"],
)
def test_published_spectra_of_optimizers(step, line, published):
    starts = list(itertools.product(np.linspace(*line, 5), repeat=2))
    found = fit(iterated(step, starts), 4, 10)
    assert found.singular_values[-1] / found.singular_values[0] < 1e-7
    assert found.method == "svd"
    np.testing.assert_allclose(found.eigenvalues, published, rtol=0, atol=5.1e-5)
