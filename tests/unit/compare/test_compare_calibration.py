"""How often the tests and the verdicts are wrong, and how often they see a difference."""

from types import SimpleNamespace

import numpy as np
import pytest
from synthetic_spectra import noisy_group

from traindyn.compare import distances, verdicts
from traindyn.compare.energy import permutation_p
from traindyn.compare.transport import assignment_costs, ground_costs

CENTRE = np.array([0.99, 0.9, 0.7, 0.4])


def seed_distances(points) -> np.ndarray:
    """All distances between n spectra (n, k)."""
    i, j = np.triu_indices(len(points), 1)
    D = np.zeros((len(points), len(points)))
    D[i, j] = assignment_costs(ground_costs(points[i], points[j]))
    return D + D.T


def test_level_of_the_permutation_test():
    """Two groups of 8 seeds of one law, 2000 times: rejected at 5 % in 3 to 7 % (standard error 0.5 %)."""
    rng = np.random.default_rng(4)
    draws = (CENTRE + 0.02 * rng.normal(size=(16, 4)) for _ in range(2000))
    p = np.array([permutation_p(seed_distances(points), 8, 199, rng) for points in draws])
    assert 0.03 <= np.mean(p <= 0.05) <= 0.07
    assert np.mean(p) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("shift", "least", "most"), [(0, 0, 0.07), (0.04, 0.95, 1)])
def test_how_often_groups_are_called_non_conjugate(shift, least, most):
    """By the whole chain: hardly ever groups of one law, nearly always those a shift of 2 sd apart."""
    rng = np.random.default_rng(5)
    plan = SimpleNamespace(alpha=0.05, margin=0.5, permutations=199, bootstraps=199, swaps=99)
    found = []
    for _ in range(300):
        spectra = noisy_group(rng, "a", CENTRE, 8, 0.02) + noisy_group(rng, "b", CENTRE + shift, 8, 0.02)
        table = verdicts(distances(spectra, ["wasserstein"]), distances([], []), spectra, plan, 0)
        found.append(table["verdict"].item() == "non-conjugate")
    assert least <= np.mean(found) <= most
