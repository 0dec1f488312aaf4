"""One fit against the definitions written out, by every factorisation."""

import numpy as np
import pytest
from koopman_reference import (
    DATA,
    assert_same_spectrum,
    explicit,
    hankel,
    matching,
    nearly_deficient,
    random_data,
    training_like,
)

from traindyn.errors import InputError
from traindyn.koopman import dmd, factorise, fit, order, orthogonal

# Data, delays, modes kept.
CASES = [
    ("random", 0, 5),
    ("random", 3, 7),
    ("random", 11, 10),  # more delays than weights
    ("training", 0, 6),
    ("training", 4, 10),
    ("training", 20, 10),
    ("deficient", 0, 6),
]


def forced(name):
    """One way, whatever the costs, and what takes over where that way fails."""

    def by(hankel, modes):
        if name in ("covariance", "gram", "krylov"):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(order, "cheapest", lambda *sizes: name)
                return factorise.factorise(hankel, modes)
        return getattr(orthogonal, name)(hankel, min(modes, *hankel.shape)), name, "forced"

    return by


@pytest.mark.parametrize(("data", "delays", "modes"), CASES)
def test_fit_equals_definitions(data, delays, modes):
    trajectories = DATA[data]()
    assert_same_spectrum(fit(trajectories, delays, modes), explicit(trajectories, delays, modes))


@pytest.mark.parametrize("memory_bytes", [1, 2**30])
@pytest.mark.parametrize("way", ["covariance", "gram", "krylov", "direct_svd", "tall_qr", "wide_qr"])
@pytest.mark.parametrize(("data", "delays", "modes"), CASES)
def test_every_factorisation_equals_definitions(monkeypatch, data, delays, modes, way, memory_bytes):
    monkeypatch.setattr(dmd, "factorise", forced(way))
    trajectories = DATA[data]()
    found = fit(trajectories, delays, modes, memory_bytes=memory_bytes)
    assert_same_spectrum(found, explicit(trajectories, delays, modes))


@pytest.mark.parametrize("way", ["covariance", "gram"])
def test_well_conditioned_products_are_kept_as_they_are(monkeypatch, way):
    monkeypatch.setattr(order, "cheapest", lambda *sizes: way)
    trajectories = random_data()
    found = fit(trajectories, 3, 4)
    assert found.method == way
    assert_same_spectrum(found, explicit(trajectories, 3, 4))


@pytest.mark.parametrize("way", ["covariance", "gram"])
def test_lost_digits_are_found_without_squaring(monkeypatch, way):
    monkeypatch.setattr(order, "cheapest", lambda *sizes: way)
    monkeypatch.setattr(factorise, "SMALLEST", 0)
    trajectories = training_like(weights=40)
    found = fit(trajectories, 4, 10)
    assert found.method == "krylov"
    assert "products lose digits" in found.note
    assert_same_spectrum(found, explicit(trajectories, 4, 10))


@pytest.mark.parametrize(("weights", "method"), [(40, "qr-wide"), (200, "qr-tall")])
def test_refinement_that_does_not_converge_gives_way_to_a_qr(monkeypatch, weights, method):
    monkeypatch.setattr(factorise, "DIRECT", 0)
    monkeypatch.setattr(factorise, "SMALLEST", 0)
    monkeypatch.setattr(factorise, "leading_triplets", lambda *given, **limits: (None, 0))
    trajectories = training_like(weights=weights)
    found = fit(trajectories, 4, 10)
    assert found.method == method
    assert "did not converge" in found.note
    assert_same_spectrum(found, explicit(trajectories, 4, 10))


def test_small_problems_that_lose_digits_take_the_svd():
    found = fit(nearly_deficient(), 0, 6)
    assert found.method == "svd"
    assert f"sigma_6/sigma_1 = {found.singular_values[5] / found.singular_values[0]:.1e}" in found.note


def test_all_modes_are_all_of_numerical_rank():
    trajectories = random_data(steps=30, weights=4)
    assert_same_spectrum(fit(trajectories, 2, None), explicit(trajectories, 2, 12))


@pytest.mark.parametrize("modes", [10, None])
def test_fewer_modes_where_the_rank_is_lower(modes):
    rng = np.random.default_rng(0)
    trajectories = rng.standard_normal((4, 50, 3)) @ rng.standard_normal((3, 12))
    found = fit(trajectories, 0, modes)
    assert len(found.eigenvalues) == 3
    assert f"3 of {modes or 12} modes kept" in found.note
    assert_same_spectrum(found, explicit(trajectories, 0, 3))


@pytest.mark.parametrize("way", ["covariance", "gram", "krylov", "direct_svd", "tall_qr", "wide_qr"])
def test_every_factorisation_sees_the_rank(monkeypatch, way):
    monkeypatch.setattr(dmd, "factorise", forced(way))
    rng = np.random.default_rng(1)
    trajectories = rng.standard_normal((4, 50, 3)) @ rng.standard_normal((3, 12))
    assert_same_spectrum(fit(trajectories, 0, 8), explicit(trajectories, 0, 3))


def test_centring_subtracts_the_mean_over_replicas_and_steps():
    trajectories = training_like()
    mean = trajectories.astype(np.float64).mean(axis=(0, 1))
    found = fit(trajectories, 3, 5, centre=True)
    assert_same_spectrum(found, explicit(trajectories - mean, 3, 5))


def test_no_pair_straddles_two_replicas():
    # Two replicas on exponentials of rate 0.9, a jump between them: any straddling pair would break the rate.
    curve = 0.9 ** np.arange(20.0)
    found = fit(np.stack([curve, -5 * curve])[:, :, None], 2, 1)
    np.testing.assert_allclose(found.eigenvalues, [0.9], atol=1e-12)
    np.testing.assert_allclose(found.residuals, [0], atol=1e-12)


def test_reduced_matrices_give_the_operator():
    trajectories = training_like()
    found, reference = fit(trajectories, 4, 8), explicit(trajectories, 4, 8)
    flips = np.sign(found.A[0] / reference.A[0])  # signs of the singular vectors, relative to the first
    similar = found.singular_values[:, None] * found.A.T / found.singular_values  # S Aᵀ S⁻¹ = K
    np.testing.assert_allclose(flips[:, None] * similar * flips, reference.K, atol=1e-8)
    spectrum = np.linalg.eigvals(found.A)
    nearest = spectrum[matching(found.eigenvalues, spectrum)]
    np.testing.assert_allclose(nearest, found.eigenvalues, atol=1e-8)


def test_reduced_matrices_give_the_residuals_of_eigenfunctions():
    trajectories = training_like()
    found, reference = fit(trajectories, 4, 8), explicit(trajectories, 4, 8)
    flips = np.sign(found.A[0] / reference.A[0])
    for value, g in zip(*np.linalg.eig(reference.A), strict=True):
        squared = np.linalg.norm(reference.psi_y @ g - value * reference.psi_x @ g) ** 2
        form = found.L - value * found.A.T - np.conj(value) * found.A + abs(value) ** 2 * found.G
        turned = flips * g
        np.testing.assert_allclose((turned.conj() @ form @ turned).real, squared, atol=1e-9)


def test_fits_are_deterministic_and_sorted():
    trajectories = training_like(weights=60)
    first, second = fit(trajectories, 10, 10), fit(trajectories.copy(), 10, 10)
    for name in ("eigenvalues", "residuals", "energies", "G", "A", "L", "singular_values"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    key = [(-abs(value), -value.real, -value.imag) for value in first.eigenvalues]
    assert key == sorted(key)


def test_defective_modes_have_finite_energies():
    # x_{t+1} = [[.9, 1], [0, .9]] x_t: one eigenvector only.
    step, state, states = np.array([[0.9, 1.0], [0.0, 0.9]]), np.array([0.3, 1.0]), []
    for _ in range(30):
        states.append(state)
        state = step @ state
    found = fit(np.array(states)[None], 0, 2)
    np.testing.assert_allclose(found.eigenvalues, [0.9, 0.9], atol=1e-6)  # square root of rounding
    assert np.all(found.energies >= 0)
    np.testing.assert_allclose(found.energies.sum(), 1)


def test_reference_columns_are_the_delay_snapshots():
    trajectories = random_data(replicas=2, steps=6, weights=2)
    Z, later = hankel(trajectories, 2), hankel(trajectories, 2, 1)
    assert Z.shape == (6, 2 * 3)
    np.testing.assert_array_equal(Z[:, 1], trajectories[0, 1:4].ravel())
    np.testing.assert_array_equal(later[:, 5], trajectories[1, 3:6].ravel())


@pytest.mark.parametrize(
    ("trajectories", "delays", "modes", "says"),
    [
        (np.ones((4, 5)), 0, 1, "expected (replica, step, weight)"),
        (np.ones((0, 5, 2)), 0, 1, "none of them 0"),
        (np.ones((1, 5, 2)), 4, 1, "5 steps are too few for 4 delays, need 6"),
        (np.ones((1, 5, 2)), -1, 1, "delays: -1"),
        (np.ones((1, 5, 2)), 0, 0, "modes: 0"),
        (np.zeros((1, 5, 2)), 0, 1, "nothing to fit"),
    ],
)
def test_bad_input_is_named(trajectories, delays, modes, says):
    with pytest.raises(InputError) as caught:
        fit(trajectories, delays, modes)
    assert says in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_placed(bad):
    trajectories = random_data()
    trajectories[2, 7, 1] = bad
    with pytest.raises(InputError, match="replica 2, step 7"):
        fit(trajectories, 1, 2)


def test_fewest_steps_still_fit():
    assert len(fit(np.arange(1.0, 7.0).reshape(1, 6, 1), 4, None).eigenvalues) == 1
