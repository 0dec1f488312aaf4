"""The distance of principal eigenvalues, against its definition in loops and on systems in other coordinates."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_spectra import spectrum

from traindyn.compare.measures import measure
from traindyn.compare.verdict import decide
from traindyn.koopman import fit


def distance(a, b) -> float:
    return float(measure("principal_eigenvalues").pairwise([a, b], np.array([[0, 1]]))[0])


def definition(a, b) -> float:
    def cost(one, other) -> float:
        total = 0.0
        for value, energy in zip(one.eigenvalues, one.energies, strict=True):
            stronger = [v for v, e in zip(one.eigenvalues, one.energies, strict=True) if e > energy * (1 + 1e-6)]
            explained = [*other.eigenvalues, *(v * w for v, w in product(stronger, stronger))]
            total += energy**0.5 * min(abs(value - each) for each in explained)
        return total / sum(energy**0.5 for energy in one.energies)

    return float(np.sqrt(cost(a, b) * cost(b, a)))


def made(rng, k, group="a"):
    values = rng.uniform(-1, 1, k) + 1j * rng.uniform(-1, 1, k)
    return spectrum(values, group, energies=rng.uniform(0, 1, k))


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_is_its_definition_whichever_comes_first(seed, k, l):  # noqa: E741
    rng = np.random.default_rng(seed)
    a, b = made(rng, k), made(rng, l, "b")
    assert distance(a, b) == pytest.approx(definition(a, b), rel=1e-12, abs=1e-15)
    assert distance(a, b) == distance(b, a)


def test_many_pairs_are_each_their_own(monkeypatch):
    from traindyn.compare.measures import principal_eigenvalues

    rng = np.random.default_rng(3)
    spectra = [made(rng, k) for k in (3, 5, 2, 4)]
    pairs = np.stack(np.triu_indices(4, 1), axis=1)
    alone = [distance(spectra[i], spectra[j]) for i, j in pairs]
    monkeypatch.setattr(principal_eigenvalues, "BATCH_NUMBERS", 60)
    np.testing.assert_array_equal(principal_eigenvalues.pairwise(spectra, pairs), alone)


def test_products_of_stronger_eigenvalues_count_for_nothing():
    plain = spectrum([0.9, 0.8], energies=[0.6, 0.4])
    seen = spectrum([0.9, 0.8, 0.81, 0.72, 0.64], energies=[0.5, 0.4, 0.05, 0.03, 0.02])
    assert distance(plain, seen) == pytest.approx(0, abs=1e-15)
    another = spectrum([0.9, 0.8, 0.5], energies=[0.5, 0.4, 0.1])
    # One direction alone misses 0.5: a system and a part of it are at no distance.
    assert distance(plain, another) == pytest.approx(0, abs=1e-15)
    assert distance(spectrum([0.9, 0.7], energies=[0.6, 0.4]), another) > 0.03


def test_conjugate_eigenvalues_explain_no_real_one_of_the_same_energy():
    pair = [0.9 * np.exp(0.3j), 0.9 * np.exp(-0.3j)]
    a = spectrum([*pair, 0.81], energies=[1 / 3, 1 / 3 * (1 + 1e-9), 1 / 3])
    b = spectrum([*pair, 0.5], energies=[1 / 3] * 3)
    assert distance(a, b) == pytest.approx(np.sqrt(abs(0.81 - pair[0]) * 0.31) / 3, rel=1e-8)


def test_coordinates_move_it_less_than_another_system_does():
    """Fits of x, of x + 0.6 tanh(Cx) and of a system with moduli 0.03 lower, without noise."""
    rng = np.random.default_rng(0)
    starts, C = rng.normal(size=(5, 3)), 0.5 * rng.normal(size=(3, 3)) / np.sqrt(3)

    def orbits(moduli) -> np.ndarray:
        return starts[:, None, :] * np.asarray(moduli) ** np.arange(80)[:, None]

    def fitted(trajectories):
        found = fit(trajectories, 8, 10)
        return spectrum(found.eigenvalues, energies=found.energies)

    x = orbits([0.97, 0.9, 0.8])
    plain, seen, other = fitted(x), fitted(x + 0.6 * np.tanh(x @ C.T)), fitted(orbits([0.94, 0.87, 0.77]))
    assert 5 * distance(plain, seen) < distance(plain, other)


@pytest.mark.parametrize(("low", "verdict"), [(1.1, "equivalent"), (1.2, "non-conjugate")])
def test_it_calls_systems_different_above_its_own_least_ratio(low, verdict):
    row = pd.Series({"n_a": 6, "n_b": 6, "q_value": 0.002, "ratio_low": low, "ratio_high": 1.4})
    least = measure("principal_eigenvalues").least_ratio
    assert decide(row, 0.05, 0.5, least) == verdict
    assert decide(row, 0.05, 0.5, measure("wasserstein").least_ratio) == "non-conjugate"
