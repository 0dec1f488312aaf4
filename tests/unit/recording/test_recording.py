"""The recording format: what is written comes back, plain xarray reads it, and damage never gets through."""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

from traindyn.errors import InputError
from traindyn.recording import RecordingWriter, open_recording
from traindyn.recording.layout import CHUNK_BYTES, chunk_shape
from traindyn.recording.tables import diverged, example_trajectories, learning_curves

SEEDS, REPLICAS, STEPS, LAYERS = [4, 9], 3, [0, 2, 4, 6, 8], {"a.weight": 6, "b.bias": 1}
NAMES = {"experiment": "e", "architecture": "a", "optimizer": "o", "group": "g"}


def values(dtype="float32"):
    generator = np.random.default_rng(0)
    return generator.standard_normal((2, REPLICAS, len(STEPS), 7)).astype(dtype)


def record(path, weights, diverged_step=None, dtype="float32", tests=True):
    loss = np.arange(2.0 * REPLICAS).reshape(2, REPLICAS)
    with RecordingWriter(
        path,
        seeds=SEEDS,
        replicas=REPLICAS,
        steps=STEPS,
        layers=LAYERS,
        dtype=dtype,
        attributes=NAMES,
        test_steps=[0, 8] if tests else [],
    ) as writer:
        for step in range(len(STEPS)):
            writer.write(weights[:, :, step], loss + step)
        for step in range(2 if tests else 0):
            writer.write_test(loss + 10 * step, loss / 10, loss / 20)
        writer.close(np.full((2, REPLICAS), -1) if diverged_step is None else diverged_step)
    return path


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_round_trip(tmp_path, dtype):
    weights = values(dtype)
    with open_recording(record(tmp_path / "r.h5", weights, dtype=dtype)) as recording:
        np.testing.assert_array_equal(recording.trajectories(9), weights[1])
        assert recording.trajectories(4).dtype == dtype
        assert recording.seeds.tolist() == SEEDS
        assert recording.steps.tolist() == STEPS
        assert (recording.replicas, recording.weights) == (3, 7)
        assert [recording.weight_name(i) for i in (0, 5, 6)] == ["a.weight[0]", "a.weight[5]", "b.bias[0]"]


def test_plain_xarray_reads_it(tmp_path):
    weights = values()
    data = xr.open_dataset(record(tmp_path / "r.h5", weights), engine="h5netcdf")
    assert data.weights.dims == ("seed", "replica", "step", "weight")
    np.testing.assert_array_equal(data.weights.sel(seed=9, step=4), weights[1, :, 2])
    assert data.layer.attrs["flag_meanings"].split() == list(LAYERS)
    assert data["index"].values.tolist() == [0, 1, 2, 3, 4, 5, 0]
    assert data.train_loss.sel(seed=4, replica=2, step=8).item() == 6
    assert data.test_accuracy.dims == ("seed", "replica", "test_step")
    assert data.attrs["group"] == "g"


def test_blocks_are_written_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("traindyn.recording.writer.BUFFER_BYTES", 1)
    monkeypatch.setattr("traindyn.recording.layout.CHUNK_BYTES", 60)
    weights = values()
    with open_recording(record(tmp_path / "r.h5", weights)) as recording:
        np.testing.assert_array_equal(recording.trajectories(4), weights[0])


def test_nothing_is_left_of_a_failed_recording(tmp_path):
    weights = values()
    with (
        pytest.raises(KeyboardInterrupt),
        RecordingWriter(
            tmp_path / "r.h5", seeds=SEEDS, replicas=3, steps=STEPS, layers=LAYERS, dtype="float32", attributes=NAMES
        ) as writer,
    ):
        writer.write(weights[:, :, 0], np.zeros((2, 3)))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_is_not_whole_cannot_be_closed(tmp_path):
    with (
        pytest.raises(RuntimeError, match="1 of 5"),
        RecordingWriter(
            tmp_path / "r.h5", seeds=SEEDS, replicas=3, steps=STEPS, layers=LAYERS, dtype="float32", attributes=NAMES
        ) as writer,
    ):
        writer.write(values()[:, :, 0], np.zeros((2, 3)))
        writer.close(np.full((2, 3), -1))
    assert list(tmp_path.iterdir()) == []


def content(path):
    with open_recording(path) as recording:
        arrays = [recording.trajectories(seed) for seed in recording.seeds]
        arrays += [recording.scalars(name) for name in ("train_loss", "test_loss", "test_accuracy", "train_accuracy")]
        arrays += [recording.seeds, recording.steps, recording.diverged_step, recording.test_steps]
        names = [recording.weight_name(i) for i in range(recording.weights)]
        return [a.tobytes() for a in arrays], names, sorted(recording.attributes.items())


def test_every_flipped_byte_is_seen_or_without_effect(tmp_path):
    path = record(tmp_path / "r.h5", values())
    whole, bytes_ = content(path), bytearray(path.read_bytes())
    damaged, seen, generator = tmp_path / "d.h5", 0, np.random.default_rng(1)
    positions = generator.choice(len(bytes_), 400, replace=False)
    for position in positions:
        broken = bytearray(bytes_)
        broken[position] ^= 1 << generator.integers(8)
        damaged.write_bytes(broken)
        try:
            assert content(damaged) == whole, f"byte {position} changed the content unseen"
        except InputError as error:
            assert str(damaged) in str(error)
            assert "\n" not in str(error)
            seen += 1
    # Most of so small a file is unused space, whose bytes mean nothing.
    assert seen > 20


def test_flipped_weights_are_always_seen(tmp_path):
    weights = values()
    path = record(tmp_path / "r.h5", weights)
    bytes_ = path.read_bytes()
    for seed in range(2):
        for replica in range(REPLICAS):
            where = bytes_.index(weights[seed, replica].tobytes())
            broken = bytearray(bytes_)
            broken[where + 5] ^= 16
            path.write_bytes(broken)
            with open_recording(path) as recording, pytest.raises(InputError, match="damaged recording: weights"):
                recording.trajectories(SEEDS[seed])


@pytest.mark.parametrize("keep", [0, 1, 100, 0.3, 0.6, 0.9, -1])
def test_truncated_files_are_refused(tmp_path, keep):
    path = record(tmp_path / "r.h5", values())
    size = path.stat().st_size
    length = size + keep if keep < 0 else int(keep * size) if isinstance(keep, float) else keep
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"r\.h5"):
        content(path)


def test_missing_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such recording"), open_recording(tmp_path / "none.h5"):
        pass
    xr.Dataset({"weights": (("a", "b"), np.zeros((2, 3)))}).to_netcdf(tmp_path / "x.h5", engine="h5netcdf")
    with pytest.raises(InputError, match="not a traindyn recording"), open_recording(tmp_path / "x.h5"):
        pass


def test_nan_without_divergence_is_refused(tmp_path):
    weights = values()
    weights[1, 2, 3, 4] = np.nan
    with open_recording(record(tmp_path / "r.h5", weights)) as recording:
        recording.trajectories(4)
        with pytest.raises(InputError, match="seed 9, replica 2 are not finite at step 6"):
            recording.trajectories(9)


def test_tables_average_finite_replicas_only(tmp_path):
    weights, steps = values(), np.full((2, REPLICAS), -1)
    weights[0, 1, 2:] = np.nan
    steps[0, 1] = 4
    with open_recording(record(tmp_path / "r.h5", weights, steps)) as recording:
        curves, rows, examples = learning_curves(recording), diverged(recording), example_trajectories(recording)
    assert rows.to_dict("records") == [NAMES | {"seed": 4, "replica": 1, "step": 4}]
    curve = curves.query("seed == 4").set_index("step")
    assert curve.train_loss[6] == pytest.approx(np.mean([0, 2]) + 3)
    assert curve.test_loss[8] == pytest.approx(np.mean([0, 2]) + 10)
    assert np.isnan(curve.test_loss[4])
    # Seed 4 diverged in one replica: its weights are no example.
    assert set(examples.seed) == {9}
    one = examples.query("replica == 1 and step == 6").set_index("weight").value
    moved = np.ptp(weights[1, 0].astype(float), axis=0)
    largest = int(np.argmax(moved))
    name = f"a.weight[{largest}]" if largest < 6 else "b.bias[0]"
    assert one[name] == weights[1, 1, 3, largest]
    assert one.size == 4


@pytest.mark.parametrize("steps", [1, 10, 1000])
@pytest.mark.parametrize("weights", [1, 400, 61_706, 269_722, 5_000_000])
@pytest.mark.parametrize("tallest", [1, 6, 16, 1000])
def test_chunks_are_small_and_waste_little(steps, weights, tallest):
    one, another, tall, wide = chunk_shape(steps, weights, 4, tallest)
    assert (one, another) == (1, 1)
    assert 1 <= tall <= steps
    assert 1 <= wide <= weights
    assert tall * wide * 4 <= CHUNK_BYTES
    # HDF5 stores a row's last chunk whole: the rows are at most a chunk's rounding longer than their weights.
    rows = -(-weights // wide)
    assert rows * (wide - 1) < weights
    if weights > CHUNK_BYTES // 4:
        assert tall <= max(tallest, 1)


def test_the_writer_holds_its_buffer_and_no_more(tmp_path, monkeypatch):
    """2 networks of 100,000 weights, 60 steps: 48 MB on the disk, 4 MiB in the buffer."""
    monkeypatch.setattr("traindyn.recording.writer.BUFFER_BYTES", 4 << 20)
    with RecordingWriter(
        tmp_path / "r.h5",
        seeds=[0],
        replicas=2,
        steps=range(60),
        layers={"w": 100_000},
        dtype="float32",
        attributes=NAMES,
    ) as writer:
        tracemalloc.start()
        for step in range(60):
            writer.write(np.full((1, 2, 100_000), step, dtype=np.float32), np.zeros((1, 2)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        writer.close(np.full((1, 2), -1))
    assert peak < 12 << 20
    with open_recording(tmp_path / "r.h5") as recording:
        assert (recording.trajectories(0) == np.arange(60)[:, None]).all()
