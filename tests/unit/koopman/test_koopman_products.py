"""The Hankel operator, the lagged products and the eigensolver under the fits, each against plain NumPy."""

import numpy as np
import pytest
from koopman_reference import hankel, random_data, training_like
from scipy.linalg import block_diag

from traindyn.koopman import leading, order
from traindyn.koopman.hankel import Hankel
from traindyn.koopman.leading import leading_eigenpairs
from traindyn.koopman.products import lagged_covariance, lagged_gram
from traindyn.koopman.ritz import leading_triplets

DELAYS = [0, 1, 4, 7, 12, 23]


@pytest.mark.parametrize("delays", DELAYS)
@pytest.mark.parametrize("memory_bytes", [1, 5000, 2**30])
def test_operator_products(delays, memory_bytes):
    trajectories = random_data(steps=30, weights=6).astype(np.float32)
    operator = Hankel(trajectories, delays, memory_bytes=memory_bytes)
    rng = np.random.default_rng(0)
    for later in (0, 1):
        Z = hankel(trajectories, delays, later)
        assert Z.shape == operator.shape
        left, right = rng.standard_normal((Z.shape[0], 3)), rng.standard_normal((Z.shape[1], 4))
        np.testing.assert_allclose(operator.image(right, later), Z @ right, atol=1e-12)
        np.testing.assert_allclose(operator.pull(left, later), Z.T @ left, atol=1e-12)
        np.testing.assert_array_equal(operator.matrix(later), Z)


@pytest.mark.parametrize("memory_bytes", [1, 2**30])
def test_operator_subtracts_the_mean(memory_bytes):
    trajectories = random_data(steps=10)
    mean = np.arange(5.0)
    operator = Hankel(trajectories, 2, mean, memory_bytes)
    np.testing.assert_array_equal(operator.matrix(), hankel(trajectories - mean, 2))


@pytest.mark.parametrize("delays", DELAYS)
def test_lagged_covariance(delays):
    trajectories = training_like(replicas=3, steps=30, weights=5)
    Z = hankel(trajectories, delays)
    expected = Z @ Z.T
    np.testing.assert_allclose(
        lagged_covariance(Hankel(trajectories, delays)), expected, atol=1e-13 * np.trace(expected)
    )


@pytest.mark.parametrize("delays", DELAYS)
def test_lagged_gram_from_any_blocks_of_weights(delays):
    trajectories = training_like(replicas=3, steps=30, weights=7).astype(np.float64)
    Z = hankel(trajectories, delays)
    expected = Z.T @ Z
    for edges in ([], [3], [1, 2, 6]):
        gram = lagged_gram(iter(np.split(trajectories, edges, axis=2)), delays)
        np.testing.assert_allclose(gram, expected, atol=1e-13 * np.trace(expected))


def test_lagged_gram_needs_weights():
    with pytest.raises(ValueError, match="at least one block"):
        lagged_gram([], 1)


@pytest.mark.parametrize("size", [30, leading.SMALL + 100])
def test_leading_eigenpairs(size):
    rng = np.random.default_rng(0)
    vectors = np.linalg.qr(rng.standard_normal((size, size)))[0]
    values = np.concatenate([[10.0, 4.0, 1.0], np.linspace(0.5, 0, size - 3)])
    matrix = vectors * values @ vectors.T
    found, directions = leading_eigenpairs((matrix + matrix.T) / 2, 3)
    np.testing.assert_allclose(found, [10, 4, 1], rtol=1e-12)
    np.testing.assert_allclose(np.abs(np.diag(directions.T @ vectors[:, :3])), 1, rtol=1e-12)


def test_lanczos_that_does_not_converge_gives_way_to_lapack(monkeypatch):
    def fails(*given, **limits):
        raise leading.ArpackError(-1, {-1: "no convergence"})

    monkeypatch.setattr(leading, "eigsh", fails)
    matrix = np.diag(np.arange(1.0, leading.SMALL + 101))
    values, _ = leading_eigenpairs(matrix, 2)
    np.testing.assert_allclose(values, [600, 599], rtol=1e-12)


def test_lanczos_pairs_that_do_not_fit_give_way_to_lapack(monkeypatch):
    size = leading.SMALL + 100
    monkeypatch.setattr(leading, "eigsh", lambda *given, **limits: (np.ones(2), np.eye(size)[:, :2]))
    values, _ = leading_eigenpairs(np.diag(np.arange(1.0, size + 1)), 2)
    np.testing.assert_allclose(values, [600, 599], rtol=1e-12)


def test_lanczos_of_low_rank_is_deterministic():
    basis = np.random.default_rng(0).standard_normal((leading.SMALL + 100, 3))
    pairs = [leading_eigenpairs(basis @ basis.T, 12) for _ in range(3)]
    np.testing.assert_allclose(pairs[0][0][:3], np.linalg.svd(basis)[1] ** 2, rtol=1e-12)
    for values, vectors in pairs[1:]:
        np.testing.assert_array_equal(values, pairs[0][0])
        np.testing.assert_array_equal(vectors, pairs[0][1])


def test_refinement_from_a_poor_start_reaches_the_svd_or_says_no():
    trajectories = training_like(weights=40)
    operator = Hankel(trajectories, 4)
    expected = np.linalg.svd(hankel(trajectories, 4))[1]
    poor = np.linalg.qr(np.random.default_rng(0).standard_normal((operator.shape[1], 15)))[0]
    found, made = leading_triplets(operator, poor, 10, vectors=1000)
    assert found is not None
    assert made > 15
    np.testing.assert_allclose(found.values, expected[:10], rtol=1e-11)
    np.testing.assert_allclose(operator.image(found.right), found.left * found.values, atol=1e-11)
    np.testing.assert_allclose(found.left.T @ found.left, np.eye(10), atol=1e-12)
    np.testing.assert_allclose(found.right.T @ found.right, np.eye(10), atol=1e-12)
    assert leading_triplets(operator, poor, 10, vectors=15) == (None, 15)


def test_refinement_of_two_equal_singular_values_does_not_stop_short():
    # Two systems side by side: each singular value of Z comes twice.
    curve = training_like(replicas=1, steps=120, weights=3)[0].astype(np.float64)
    trajectories = np.stack([block_diag(curve, np.zeros((0, 3))), np.hstack([np.zeros((120, 3)), curve])])
    operator = Hankel(trajectories, 20)
    start = np.linalg.qr(np.random.default_rng(0).standard_normal((operator.shape[1], 12)))[0]
    found, _ = leading_triplets(operator, start, 6, vectors=1000)
    expected = np.linalg.svd(hankel(trajectories, 20))[1][:6]
    np.testing.assert_allclose(expected[::2], expected[1::2], rtol=1e-9)  # they do come twice
    np.testing.assert_allclose(found.values, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("replicas", "steps", "weights", "delays", "expected"),
    [
        (25, 400, 4, 4, "covariance"),  # few delays × weights, many snapshots
        (10, 1000, 50, 64, "krylov"),  # a product matrix costs more than a few products of vectors
        (2, 60, 10000, 16, "gram"),  # many weights, few snapshots
        (10, 1000, 200000, 0, "krylov"),  # neither product is worth its price
        (100, 5000, 100000, 3, "krylov"),  # neither product may be made
    ],
)
def test_cheapest_order(replicas, steps, weights, delays, expected):
    assert order.cheapest(replicas, steps, weights, delays, 10) == expected
