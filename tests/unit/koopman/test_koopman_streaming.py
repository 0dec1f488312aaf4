"""Fits of recordings larger than memory: weights are read block by block, and the spectrum is the same."""

import tracemalloc

import numpy as np
import pytest
from koopman_reference import Plan, assert_same_spectrum, explicit

from traindyn.errors import InputError
from traindyn.koopman import fit, fit_recording
from traindyn.koopman.hankel import Hankel
from traindyn.koopman.reduce import reduced, worthwhile
from traindyn.recording import RecordingWriter, open_recording

SMALL = 1 << 14


def decaying(replicas, steps, weights, seed=0):
    """Eight decaying modes of falling size, and a little noise: like a training, and well separated."""
    generator = np.random.default_rng(seed)
    rates = np.linspace(0.99, 0.6, 8) ** np.arange(steps)[:, None]
    sizes = generator.standard_normal((replicas, 1, 8)) * 0.3 + 1 / np.arange(1, 9)
    values = (rates * sizes) @ generator.standard_normal((8, weights))
    return values + 1e-3 * generator.standard_normal(values.shape)


def record(path, trajectories, seeds=(3,)):
    _, replicas, steps, weights = trajectories.shape
    with RecordingWriter(
        path,
        seeds=seeds,
        replicas=replicas,
        steps=range(steps),
        layers={"w": weights},
        dtype=str(trajectories.dtype),
        attributes={"experiment": "e"},
    ) as writer:
        for step in range(steps):
            writer.write(trajectories[:, :, step], np.zeros(trajectories.shape[:2]))
        writer.close(np.full(trajectories.shape[:2], -1))
    return path


class Spy:
    """Trajectories that remember the largest block that was asked for."""

    def __init__(self, source):
        self.source, self.shape, self.largest, self.reads = source, source.shape, 0, 0

    def __getitem__(self, where):
        block = self.source[where]
        self.largest, self.reads = max(self.largest, block.size * 8), self.reads + 1
        return block


def assert_equal(found, expected):
    order = np.argmin(abs(found.eigenvalues[:, None] - expected.eigenvalues), axis=1)
    assert sorted(order) == list(range(len(order)))
    np.testing.assert_allclose(found.eigenvalues, expected.eigenvalues[order], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.residuals, expected.residuals[order], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.energies, expected.energies[order], rtol=0, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("centre", [False, True])
@pytest.mark.parametrize("weights", [7, 90, 1000])
def test_a_fit_from_the_file_is_the_fit_in_memory(tmp_path, weights, centre, dtype):
    """Few, some and many weights per snapshot (3 · 40 of them), read in blocks of 16 KiB, or as wide as high."""
    data = decaying(4, 60, weights).astype(dtype)
    with open_recording(record(tmp_path / "r.h5", data[None])) as recording:
        stored = Spy(recording.select(3, np.array([0, 2, 3]), slice(10, 50)))
        assert stored.shape == (3, 40, weights)
        found = fit(stored, 3, 5, centre=centre, memory_bytes=SMALL)
    assert stored.largest <= (SMALL if weights < 240 else (3 * 40) ** 2 * 8)
    assert_equal(found, fit(data[[0, 2, 3], 10:50], 3, 5, centre=centre))


def test_recordings_are_fitted_as_from_memory(tmp_path):
    data = np.stack([decaying(4, 60, 700, seed) for seed in range(2)])
    plan, lines = Plan(window_length=30, window_stride=15, centre=True), []
    with open_recording(record(tmp_path / "r.h5", data, seeds=(3, 8))) as recording:
        rows = fit_recording(recording, plan, lines.append, memory_bytes=SMALL)
        assert len(rows) == 6
        for row in rows:
            whole = recording.trajectories(row.seed)[:, row.window.indices]
            assert_equal(row.fit, fit(whole, 2, 4, centre=True))
    assert "coordinates by inner products" in lines[0]


def test_parts_of_the_replicas_are_read_alone(tmp_path):
    data = decaying(5, 40, 300)
    with open_recording(record(tmp_path / "r.h5", data[None])) as recording:
        rows = fit_recording(recording, Plan(parts=2), lambda line: None, root_seed=1, memory_bytes=SMALL)
    assert [row.resample for row in rows] == [-1, 0, 1]
    assert_equal(rows[0].fit, fit(data, 2, 4))


@pytest.mark.parametrize(("replicas", "steps", "weights", "delays"), [(2, 12, 100, 0), (3, 15, 91, 4), (1, 30, 61, 12)])
def test_reduced_coordinates_keep_everything(replicas, steps, weights, delays):
    data = decaying(replicas, steps, weights, seed=4)
    hankel = Hankel(data, delays, memory_bytes=1000)
    assert worthwhile(data.shape)
    small = reduced(hankel).trajectories
    assert small.shape == (replicas, steps, replicas * steps)
    flat, narrow = data.reshape(replicas * steps, -1), small.reshape(replicas * steps, -1)
    np.testing.assert_allclose(narrow @ narrow.T, flat @ flat.T, rtol=0, atol=1e-12 * abs(flat @ flat.T).max())
    assert_same_spectrum(fit(data, delays, 4), explicit(data, delays, 4), 1e-10)


def test_many_weights_need_little_memory(tmp_path):
    """2 replicas × 40 steps × 200,000 weights: 128 MB in double precision, and as much for 8 left vectors × 10."""
    data = decaying(2, 40, 1000).astype(np.float32)
    with open_recording(record(tmp_path / "r.h5", np.tile(data, 200)[None])) as recording:
        tracemalloc.start()
        rows = fit_recording(recording, Plan(delays=9), lambda line: None, memory_bytes=8 << 20)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 24 << 20
    # Each weight is there 200 times: that scales all snapshots alike, and the spectrum stays.
    np.testing.assert_allclose(rows[0].fit.eigenvalues, fit(data, 9, 4).eigenvalues, rtol=0, atol=1e-10)


def test_damage_met_while_reading_names_the_recording_once(tmp_path):
    data = decaying(2, 40, 300)
    path = record(tmp_path / "r.h5", data[None])
    content = bytearray(path.read_bytes())
    where = content.index(data[1, 0].tobytes()[:64])
    content[where + 5] ^= 16
    path.write_bytes(content)
    with open_recording(path) as recording, pytest.raises(InputError, match="damaged recording: weights") as caught:
        fit_recording(recording, Plan(), lambda line: None)
    assert str(caught.value).startswith(f"{path}: damaged recording")
    assert str(caught.value).count(str(path)) == 1
