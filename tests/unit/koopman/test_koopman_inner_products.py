"""Inner products of snapshots about their mean, the coordinates they give, and when they are not enough."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from koopman_reference import Plan, assert_same_spectrum, explicit

from traindyn.errors import InputError
from traindyn.koopman import fit, fit_recording
from traindyn.koopman.inner_products import inner_products, products_by_window
from traindyn.koopman.windows import Window, clusters

MEMORY = 2**30
WINDOWS = [slice(0, 12), slice(4, 16), slice(8, 20), slice(20, 30)]


def drifting(replicas, steps, weights, offset=10.0, seed=0):
    """A large common part, a slow drift, and noise."""
    generator = np.random.default_rng(seed)
    drift = np.cumsum(0.05 * generator.standard_normal((replicas, steps, weights)), axis=1)
    return offset * generator.standard_normal(weights) + drift


def flat(trajectories):
    return trajectories.reshape(-1, trajectories.shape[-1]).astype(np.longdouble)


def assert_same_products(coordinates, data):
    found, expected = flat(coordinates) @ flat(coordinates).T, flat(data) @ flat(data).T
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * float(abs(expected).max()))


class Counted:
    """Trajectories that count how often each step and weight is read."""

    def __init__(self, values):
        self.values, self.shape = values, values.shape
        self.reads = np.zeros(values.shape[1:], dtype=int)

    def __getitem__(self, where):
        self.reads[where[1:]] += 1
        return self.values[where]


@pytest.mark.parametrize("memory_bytes", [1, 2**14, 2**30])
def test_windows_share_one_pass(memory_bytes):
    counted = Counted(drifting(3, 30, 200))
    found = list(products_by_window(counted, WINDOWS, memory_bytes))
    assert (counted.reads == 1).all()
    mean = counted.values.mean(axis=(0, 1))
    for window, products in zip(WINDOWS, found, strict=True):
        centred = flat(counted.values[:, window]) - mean
        size = len(centred)
        close = {"rtol": 0, "atol": 1e-14 * float((centred @ centred.T).max())}
        np.testing.assert_allclose(products.mutual.reshape(size, size), centred @ centred.T, **close)
        np.testing.assert_allclose(products.along.ravel(), centred @ mean, rtol=0, atol=1e-11)
        np.testing.assert_allclose(products.square, mean @ mean, rtol=1e-14)


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4])
def test_coordinates_keep_differences_to_their_own_digits(offset):
    """Beside a common part 10,000 times larger the products of differences keep their digits, as the error says."""
    data = drifting(3, 25, 400, offset)
    coordinates, error = inner_products(data, MEMORY).coordinates()
    assert coordinates.shape[2] <= 76
    differences, found = (flat(x) - flat(x)[:1] for x in (data, coordinates))
    expected = differences @ differences.T
    assert error < 1e-12 * float(np.linalg.norm(expected.astype(float)))
    # Of the weights themselves, offset·eps is rounding before anything is multiplied.
    rounding = 50 * offset * np.finfo(float).eps * float(np.sqrt(expected.max()))
    np.testing.assert_allclose(found @ found.T, expected, rtol=0, atol=error + rounding)
    assert_same_products(coordinates, data)


def test_few_directions_need_few_coordinates():
    generator = np.random.default_rng(1)
    data = generator.standard_normal((2, 30, 4)) @ generator.standard_normal((4, 500)) + 3.0
    coordinates, _ = inner_products(data, MEMORY).coordinates()
    assert 5 <= coordinates.shape[2] < 10
    assert_same_products(coordinates, data)


@pytest.mark.parametrize("value", [0.0, 2.0])
def test_snapshots_that_never_change(value):
    coordinates, error = inner_products(np.full((2, 5, 30), value), MEMORY).coordinates()
    np.testing.assert_allclose(coordinates[:, :, 0], value * np.sqrt(30), rtol=1e-15)
    assert coordinates.shape[2] == 1
    assert error == 0


def test_parts_are_those_of_the_part():
    data, part = drifting(5, 12, 150), np.array([0, 3])
    coordinates, _ = inner_products(data, MEMORY).of(part).coordinates()
    np.testing.assert_allclose(
        flat(coordinates) @ flat(coordinates).T, flat(data[part]) @ flat(data[part]).T, rtol=1e-13
    )


@given(st.integers(1, 4), st.integers(4, 20), st.integers(0, 2), st.floats(0, 100), st.integers(0, 100))
def test_the_spectrum_is_that_of_the_definition(replicas, steps, delays, offset, seed):
    data = drifting(replicas, steps, 2 * replicas * steps + 1, offset, seed)
    found = fit(data, delays, 2)
    assert_same_spectrum(found, explicit(data, delays, 2), 1e-7)


def test_products_are_enough_for_a_training():
    data = drifting(3, 40, 400)
    found = fit(data, 4, 5)
    assert "coordinates by inner products" in found.note
    assert_same_spectrum(found, explicit(data, 4, 5), 1e-10)


def test_lost_digits_bring_the_qr():
    """Six directions of sizes 1 to 1e-6: the square of the last is 1e-12 of the first's, and its rounding is seen."""
    generator = np.random.default_rng(2)
    signals = generator.standard_normal((2, 30, 6)) * np.logspace(0, -6, 6)
    data = signals @ np.linalg.qr(generator.standard_normal((300, 6)))[0].T
    found = fit(data, 1, 12)
    assert "coordinates of a QR of the weights, since inner products lose digits (loss " in found.note
    assert_same_spectrum(found, explicit(data, 1, 12), 1e-8)


def test_residuals_that_products_cannot_tell_bring_the_qr():
    """An exactly linear training has residuals of rounding; squares would leave their root."""
    rates = np.array([0.98, 0.9, 0.7])[None] ** np.arange(40)[:, None]
    generator = np.random.default_rng(3)
    data = (rates * generator.uniform(1, 2, (2, 1, 3))) @ generator.standard_normal((3, 400))
    found = fit(data, 0, 3)
    assert "inner products lose digits" in found.note
    assert found.residuals.max() < 1e-13
    np.testing.assert_allclose(np.sort(found.eigenvalues.real), [0.7, 0.9, 0.98], rtol=0, atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e160])
def test_values_whose_squares_are_not_finite_are_named(bad):
    data = drifting(2, 10, 100)
    data[1, 7, 99] = bad
    with pytest.raises(InputError, match=r"not finite, or above 1e\+140, at replica 1, step 7"):
        fit(data, 1, 2)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 5), (5, 9)], [[(0, 5)], [(5, 9)]]),
        ([(6, 9), (0, 5), (4, 7)], [[(0, 5), (4, 7), (6, 9)]]),
        ([(0, 9), (1, 2), (8, 12), (12, 13)], [[(0, 9), (1, 2), (8, 12)], [(12, 13)]]),
    ],
)
def test_clusters_are_windows_that_overlap(ranges, expected):
    windows = [Window(*ends, slice(*ends)) for ends in ranges]
    assert [[(w.start, w.stop) for w in cluster] for cluster in clusters(windows)] == expected


class Recording:
    """One seed in memory, each of whose weights is counted when it is read."""

    seeds, steps, replicas, weights, path = np.array([0]), np.arange(40), 4, 900, "r.h5"

    def __init__(self):
        self.data = drifting(self.replicas, len(self.steps), self.weights)
        self.reads = np.zeros((len(self.steps), self.weights), dtype=int)

    def select(self, seed, replicas, steps):
        counted = Counted(self.data[replicas, steps])
        counted.reads = self.reads[steps]
        return counted

    def diverged(self, seed):
        return False


def test_windows_and_parts_of_a_recording_are_read_once():
    recording, lines = Recording(), []
    plan = Plan(windows=[(20, 40), (10, 30), (0, 10)], parts=2, modes=3)
    rows = fit_recording(recording, plan, lines.append)
    assert (recording.reads == 1).all()
    assert all("coordinates by inner products" in line for line in lines)
    assert [(row.window.start, row.resample) for row in rows] == [(s, r) for s in (20, 10, 0) for r in (-1, 0, 1)]
    for row in rows[::3]:
        assert_same_spectrum(row.fit, explicit(recording.data[:, row.window.indices], 2, 3), 1e-9)


def test_windows_whose_products_are_large_are_read_alone():
    recording = Recording()
    rows = fit_recording(recording, Plan(windows=[(20, 40), (10, 30)], modes=3), lambda line: None, memory_bytes=2**16)
    assert sorted(set(recording.reads[10:].ravel())) == [1, 2]
    assert_same_spectrum(rows[1].fit, explicit(recording.data[:, 10:30], 2, 3), 1e-9)
