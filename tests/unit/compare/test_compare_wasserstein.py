"""The two Wasserstein distances, against brute force, other solvers, the axioms and the published numbers."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog
from synthetic_spectra import BISECTION, OGD, OMD, spectrum

from traindyn.compare.measures import measure
from traindyn.compare.network_simplex import transport_cost
from traindyn.compare.transport import ground_costs, optimal_matching


def distance(name, a, b) -> float:
    return float(measure(name).pairwise([a, b], np.array([[0, 1]]))[0])


def wasserstein(x, y) -> float:
    return distance("wasserstein", spectrum(x), spectrum(y))


def least_cost(weights_x, weights_y, cost) -> float:
    """The transport problem as a linear programme; one constraint follows from the others and is left out."""
    k, m = cost.shape
    rows = np.kron(np.eye(k), np.ones(m))
    columns = np.kron(np.ones(k), np.eye(m))
    constraints, right = np.vstack([rows, columns])[:-1], np.concatenate([weights_x, weights_y])[:-1]
    return float(linprog(cost.ravel(), A_eq=constraints, b_eq=right, method="highs").fun)


coordinates = st.floats(-2, 2, allow_nan=False, width=32)
points = st.builds(complex, coordinates, coordinates)


def clouds(smallest=1, largest=6):
    return st.lists(points, min_size=smallest, max_size=largest)


@given(st.integers(1, 6).flatmap(lambda k: st.tuples(clouds(k, k), clouds(k, k))))
@settings(max_examples=60, deadline=None)
def test_equal_counts_brute_force(pair):
    x, y = (np.array(side) for side in pair)
    expected = min(np.abs(x - y[list(order)]).mean() for order in permutations(range(len(y))))
    assert wasserstein(x, y) == pytest.approx(expected, abs=1e-13)


@given(clouds(), clouds())
@settings(max_examples=60, deadline=None)
def test_unequal_counts_by_splitting_points(x, y):
    """Uniform transport between k and m points is an assignment once each point is split to lcm(k, m)."""
    common = int(np.lcm(len(x), len(y)))
    costs = ground_costs(np.repeat(x, common // len(x)), np.repeat(y, common // len(y)))
    expected = costs[linear_sum_assignment(costs)].mean()
    assert wasserstein(x, y) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ["wasserstein", "weighted_wasserstein"])
@given(a=clouds(), b=clouds(), c=clouds(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_metric_axioms(name, a, b, c, data):
    weights = st.floats(1e-3, 1)
    a, b, c = (spectrum(x, energies=data.draw(st.lists(weights, min_size=len(x), max_size=len(x)))) for x in (a, b, c))
    ab, ba, bc, ac = (distance(name, *pair) for pair in ((a, b), (b, a), (b, c), (a, c)))
    assert ab == pytest.approx(ba, abs=1e-12)
    assert distance(name, a, a) == pytest.approx(0, abs=1e-13)
    assert ac <= ab + bc + 1e-12
    assert ab >= 0


@given(clouds(), points)
@settings(max_examples=40, deadline=None)
def test_translation(x, shift):
    assert wasserstein(x, np.array(x) + shift) == pytest.approx(abs(shift), abs=1e-12)


def test_order_of_eigenvalues_is_free():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 9)) + 1j * rng.normal(size=(2, 9))
    assert wasserstein(x, y) == pytest.approx(wasserstein(rng.permutation(x), y), abs=1e-14)


@pytest.mark.parametrize("k", [2, 10, 25])
def test_equal_counts_are_transport_of_equal_weights(k):
    """By POT's network simplex, for conjugate pairs scattered over the plane and for near copies of one spectrum."""
    rng = np.random.default_rng(k)
    half = rng.normal(size=(2, k)) + 1j * rng.normal(size=(2, k))
    near = half[0] + 0.01 * half
    uniform = np.full(2 * k, 1 / (2 * k))
    for x, y in (half, near):
        x, y = (np.concatenate([side, side.conj()]) for side in (x, y))
        assert wasserstein(x, y) == pytest.approx(transport_cost(uniform, uniform, ground_costs(x, y)), abs=1e-12)


def test_dropping_points_is_not_a_distance():
    """{0, 1} is not at distance 0 from {0}: half of the mass has to travel 1."""
    assert wasserstein([0, 1], [0]) == pytest.approx(0.5, abs=1e-14)


def test_matching_by_hand():
    columns = optimal_matching(ground_costs(np.array([[0.0, 1.0, 5.0]]), np.array([[5.1, 0.2, 0.9]])))
    assert columns.tolist() == [[1, 2, 0]]


@pytest.mark.parametrize(
    ("x", "y", "published", "tolerance"),
    [
        (OMD, OGD, 0.008073, 1e-4),
        (OGD, BISECTION, 0.753449, 3e-4),
        (OMD, BISECTION, 0.746023, 3e-4),
    ],
)
def test_published_distances(x, y, published, tolerance):
    """From the four printed digits of the eigenvalues, so no closer than these tell."""
    assert wasserstein(x, y) == pytest.approx(published, abs=tolerance)


def test_batches_are_one_computation(monkeypatch):
    """Pairs with equal and unequal counts mixed, in batches of 2, give what each pair gives alone."""
    monkeypatch.setattr("traindyn.compare.measures.wasserstein.BATCH", 2)
    rng = np.random.default_rng(1)
    spectra = [spectrum(rng.normal(size=k)) for k in (3, 4, 3, 3, 4, 2, 4)]
    pairs = np.stack(np.triu_indices(len(spectra), 1), axis=1)
    together = measure("wasserstein").pairwise(spectra, pairs)
    alone = [distance("wasserstein", spectra[i], spectra[j]) for i, j in pairs]
    assert together.tolist() == alone


@pytest.mark.parametrize("decades", [1, 12])
def test_weighted_is_the_linear_programme(decades):
    """Also where energies span many decades, as those of training do. Tolerance: HiGHS' feasibility, 1e-7."""
    rng = np.random.default_rng(2)
    for _ in range(10):
        k, m = rng.integers(2, 9, size=2)
        a, b = (
            spectrum(rng.normal(size=n) + 1j * rng.normal(size=n), energies=10.0 ** -rng.uniform(0, decades, n))
            for n in (k, m)
        )
        expected = least_cost(
            a.energies / a.energies.sum(),
            b.energies / b.energies.sum(),
            ground_costs(a.eigenvalues, b.eigenvalues),
        )
        assert distance("weighted_wasserstein", a, b) == pytest.approx(expected, abs=1e-6)


def test_weighted_by_hand():
    """3/4 and 1/4 at 0 and 1 onto 1/2 and 1/2: a quarter travels 1. Energies count as shares."""
    a = spectrum([0, 1, 7], energies=[6, 2, 0])
    b = spectrum([0, 1], energies=[0.1, 0.1])
    assert distance("weighted_wasserstein", a, b) == pytest.approx(float(Fraction(1, 4)), abs=1e-14)


def test_equal_energies_give_the_unweighted():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 7)) + 1j * rng.normal(size=(2, 7))
    weighted = distance("weighted_wasserstein", spectrum(x), spectrum(y))
    assert weighted == pytest.approx(wasserstein(x, y), abs=1e-13)
