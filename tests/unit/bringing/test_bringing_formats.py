"""Every format gives the trajectories that were written, and the same recording."""

import numpy as np
import pytest
import safetensors.torch
import torch
from formats_on_disk import ALL, ARRAYS, SERIES, SHAPES, STEPS, WEIGHTS, hdf5, npz, recording, trajectory

from traindyn import dag
from traindyn.bringing import bring, files_of, opened
from traindyn.bringing import convert as conversion
from traindyn.bringing.opening import ARRAYS as ARRAY_ENDINGS
from traindyn.bringing.opening import CHECKPOINTS
from traindyn.config import Row
from traindyn.errors import InputError
from traindyn.recording import RecordingWriter, open_recording
from traindyn.recording.tables import learning_curves


def row(folder, path, **options):
    return Row(label="a", seed=3, path=str(folder / path), **options)


def brought(folder, *rows):
    target = folder / "results" / "made.h5"
    bring(rows, "mine", "a", target, lambda done, total: None)
    with open_recording(target) as found:
        return found.trajectories(3), found.steps.tolist(), found.diverged_step.tolist(), learning_curves(found)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_format_brings_what_was_written(tmp_path, name, dtype):
    values = trajectory(dtype=dtype)
    found, steps, diverged, _ = brought(tmp_path, row(tmp_path, ALL[name](tmp_path, values)))
    assert found.dtype == dtype
    # The library of safetensors orders parameters by name.
    expected = np.concatenate([values[:, 4:], values[:, :4]], axis=1) if name == "safetensors_folder" else values
    np.testing.assert_array_equal(found, expected[None])
    assert steps == list(range(STEPS))
    assert diverged == [[-1]]


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_may_have_replicas(tmp_path, name):
    values = trajectory(replicas=3)
    found, *_ = brought(tmp_path, row(tmp_path, ARRAYS[name](tmp_path, values)))
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("name", SERIES)
def test_layers_of_checkpoints_are_chosen_and_named(tmp_path, name):
    values = trajectory()
    with opened([row(tmp_path, SERIES[name](tmp_path, values))]) as source:
        assert dict(source.layers) == {name: int(np.prod(shape)) for name, shape in SHAPES.items()}
    found, *_ = brought(tmp_path, row(tmp_path, source.name, layers="*.bias"))
    np.testing.assert_array_equal(found[0], values[:, 4:])


def test_blocks_are_the_same_as_one_read(tmp_path, monkeypatch):
    values = trajectory(replicas=2)
    path = npz(tmp_path, values)
    whole, *_ = brought(tmp_path, row(tmp_path, path))
    monkeypatch.setattr(conversion, "BLOCK_BYTES", 5 * 2 * WEIGHTS * 4)
    in_blocks, *_ = brought(tmp_path, row(tmp_path, path))
    np.testing.assert_array_equal(in_blocks, whole)


def test_half_precision_and_integers_are_kept_exactly(tmp_path):
    half = trajectory().astype("float16")
    np.save(tmp_path / "half.npy", half)
    found, *_ = brought(tmp_path, row(tmp_path, "half.npy"))
    np.testing.assert_array_equal(found[0], half.astype("float32"))
    whole = np.arange(STEPS * WEIGHTS).reshape(STEPS, WEIGHTS)
    np.save(tmp_path / "integers.npy", whole)
    found, *_ = brought(tmp_path, row(tmp_path, "integers.npy"))
    np.testing.assert_array_equal(found[0], whole)
    for step, weights in enumerate(trajectory()):
        tensors = {"w": torch.tensor(weights).bfloat16()}
        safetensors.torch.save_file(tensors, tmp_path / f"bf_{step}.safetensors")
    found, *_ = brought(tmp_path, row(tmp_path, "bf_*.safetensors"))
    np.testing.assert_array_equal(found[0], torch.tensor(trajectory()).bfloat16().float().numpy())


def test_steps_of_arrays_are_numbered_and_of_series_chosen(tmp_path):
    values = trajectory()
    np.save(tmp_path / "run.npy", values)
    found, steps, *_ = brought(tmp_path, row(tmp_path, "run.npy", start=5, every=10, stop=85))
    assert steps == list(range(5, 86, 10))
    np.testing.assert_array_equal(found[0], values[:9])
    path = SERIES["safetensors_folder"](tmp_path, values)
    found, steps, *_ = brought(tmp_path, row(tmp_path, path, start=1, every=3, layers="fc.weight"))
    assert steps == [1, 4, 7, 10]
    np.testing.assert_array_equal(found[0], values[1::3, :4])
    (tmp_path / "safe" / "step_7.safetensors").unlink()
    with pytest.raises(InputError, match="step 7 is missing"):
        brought(tmp_path, row(tmp_path, path, start=1, every=3))


def test_replicas_may_have_a_line_each(tmp_path):
    values = trajectory(replicas=3)
    for replica, one in enumerate(values):
        np.save(tmp_path / f"r{replica}.npy", one)
    rows = [row(tmp_path, f"r{replica}.npy", replica=replica) for replica in range(3)]
    found, *_ = brought(tmp_path, *rows)
    np.testing.assert_array_equal(found, values)
    np.save(tmp_path / "r1.npy", values[1, :-1])
    with pytest.raises(InputError, match=r"r1.npy: its steps differ from those of replica 0"):
        brought(tmp_path, *rows)


def test_divergence_is_noted_with_its_step_and_not_an_error(tmp_path):
    values = trajectory(replicas=2)
    values[1, 7:, 2] = np.nan
    values[1, 9:, 0] = np.inf
    np.save(tmp_path / "run.npy", values)
    found, _, diverged, _ = brought(tmp_path, row(tmp_path, "run.npy", every=2))
    assert diverged == [[-1, 14]]
    np.testing.assert_array_equal(found, values)


def test_losses_come_along(tmp_path):
    values, losses = trajectory(replicas=2), np.linspace(2, 1, STEPS)
    np.savez(tmp_path / "run.npz", weights=values, loss=losses)
    *_, curves = brought(tmp_path, row(tmp_path, "run.npz", loss="loss"))
    np.testing.assert_allclose(curves.train_loss, losses, rtol=1e-15)
    *_, curves = brought(tmp_path, row(tmp_path, recording(tmp_path, values)))
    np.testing.assert_allclose(curves.train_loss, 1 / (1 + np.arange(STEPS)), rtol=1e-15)


def test_scores_of_tests_come_along_as_far_as_steps_are_chosen(tmp_path):
    values, tested = trajectory(replicas=2), [0, 4, 8]
    scores = np.random.default_rng(0).random((3, 1, 2, 3))
    writing = {"seeds": [3], "replicas": 2, "steps": range(STEPS), "layers": {"w": WEIGHTS}, "dtype": "float32"}
    attributes = {"experiment": "e", "group": "g", "architecture": "a", "optimizer": "o"}
    for name, place in (("run.h5", slice(None)), ("r0.h5", slice(1)), ("r1.h5", slice(1, 2))):
        weights, found = values[place], scores[:, :, place]
        writing["replicas"] = len(weights)
        with RecordingWriter(tmp_path / name, **writing, attributes=attributes, test_steps=tested) as writer:
            for step in range(STEPS):
                writer.write(weights[None, :, step], np.zeros((1, len(weights))))
            for test in range(3):
                writer.write_test(*found[..., test])
            writer.close(np.full((1, len(weights)), -1))
    expected = scores[:, 0].mean(axis=1)
    replicas = [row(tmp_path, f"r{replica}.h5", replica=replica) for replica in range(2)]
    for rows, kept in (([row(tmp_path, "run.h5")], 3), ([row(tmp_path, "run.h5", stop=5)], 2), (replicas, 3)):
        *_, curves = brought(tmp_path, *rows)
        found = curves[["step", "test_loss", "test_accuracy", "train_accuracy"]].dropna()
        assert found.step.tolist() == tested[:kept]
        np.testing.assert_allclose(found.iloc[:, 1:].to_numpy().T, expected[:, :kept], rtol=1e-15)


def test_a_seed_of_a_recording_is_found_by_key_by_number_or_alone(tmp_path):
    values = trajectory()
    several = recording(tmp_path, values, seeds=(3, 8), name="several.h5")
    alone = recording(tmp_path, values, seeds=(8,), name="alone.h5")
    for path, key, number in ((several, None, 3), (several, "8", 8), (alone, None, 8)):
        found, *_ = brought(tmp_path, row(tmp_path, path, key=key))
        np.testing.assert_array_equal(found[0], values + np.float32(number))


def test_files_are_those_that_are_read(tmp_path):
    values = trajectory()
    assert files_of(row(tmp_path, hdf5(tmp_path, values))) == [str(tmp_path / "run.h5")]
    series = files_of(row(tmp_path, SERIES["state_dicts"](tmp_path, values)))
    assert series == sorted(str(tmp_path / "torch" / f"ckpt-{step}.pt") for step in range(STEPS))
    inside = files_of(row(tmp_path, ARRAYS["zarr_3"](tmp_path, values)))
    assert str(tmp_path / "run.zarr" / "zarr.json") in inside
    assert len(inside) > 1


def test_edits_of_every_format_count():
    named = {f"traindyn.bringing.formats.{name}" for name in {*ARRAY_ENDINGS.values(), *CHECKPOINTS.values()}}
    assert set(dag.BRINGING) == {"traindyn.bringing", *named}
