"""Recorded random projections: the product with one Gaussian matrix, whatever is kept in memory."""

import tracemalloc

import numpy as np
import pytest

from traindyn.config import TrainingJob, load_config
from traindyn.errors import InputError
from traindyn.recording import open_recording, projection
from traindyn.recording.projection import BLOCK, factors, projector
from traindyn.training import train


@pytest.mark.parametrize("weights", [3, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
@pytest.mark.parametrize("kept", [0, 1 << 30])
def test_it_is_the_product_with_the_whole_matrix(monkeypatch, weights, kept):
    monkeypatch.setattr(projection, "KEPT_BYTES", kept)
    values = np.random.default_rng(1).standard_normal((2, 3, weights)).astype(np.float32)
    matrix = np.concatenate(list(factors(weights, 3, root_seed=5)))
    assert matrix.shape == (weights, 3)
    expected = values.astype(np.float64) @ matrix.astype(np.float64) / np.sqrt(3)
    project = projector(weights, 3, root_seed=5)
    np.testing.assert_allclose(project(values), expected, rtol=0, atol=1e-11)
    np.testing.assert_array_equal(project(values), projector(weights, 3, 5)(values))
    assert abs(projector(weights, 3, 6)(values) - expected).max() > 0.01


def test_squared_norms_are_kept_in_the_mean():
    """|Px|²/|x|² is chi-squared over m: mean 1, deviation sqrt(2/m); 100 vectors, 5 of their standard errors."""
    vectors, m = np.random.default_rng(2).standard_normal((100, 5000)), 200
    ratio = (projector(5000, m, 0)(vectors) ** 2).sum(1) / (vectors**2).sum(1)
    assert ratio.mean() == pytest.approx(1, abs=5 * np.sqrt(2 / m / 100))
    assert ratio.std() == pytest.approx(np.sqrt(2 / m), rel=0.4)


def test_factors_are_independent_standard_normal():
    """40,960 draws in two columns: moments and correlation within 5 standard errors."""
    matrix = np.concatenate(list(factors(10 * BLOCK, 2, root_seed=0))).astype(float)
    error = 5 / np.sqrt(len(matrix))
    np.testing.assert_allclose(matrix.mean(axis=0), 0, atol=error)
    np.testing.assert_allclose(matrix.var(axis=0), 1, atol=error * np.sqrt(2))
    assert abs((matrix[:, 0] * matrix[:, 1]).mean()) < error
    assert abs((matrix[:BLOCK, 0] * matrix[BLOCK : 2 * BLOCK, 0]).mean()) < 5 / np.sqrt(BLOCK)


def test_memory_is_bounded():
    """The matrix of 270,000 weights and 600 projections has 650 MB in single precision; a block of it 10 MB."""
    values = np.ones((1, 3, 270_000), dtype=np.float32)
    tracemalloc.start()
    projector(270_000, 600, 0)(values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20


def make_job(projection, **changes):
    values = {
        **{"experiment": "e", "group": "g", "architecture": "a", "optimizer": "o", "root_seed": 7},
        **{"seeds": [3, 4], "replicas": 2, "perturbation": 0.001},
        "task": {"name": "digits", "batch_size": 30},
        "network": {"name": "mlp", "hidden": [6]},
        "optimization": {"name": "sgd", "lr": 0.1},
        "training": {"steps": 5, "dtype": "float64"},
        "recording": {"dtype": "float64", "layers": ["hidden1.*"], "projection": projection},
    }
    return TrainingJob(**(values | changes))


def test_training_records_projections_of_the_chosen_weights(tmp_path):
    train(make_job(None), tmp_path, tmp_path / "all.h5")
    train(make_job({"dimension": 4}), tmp_path, tmp_path / "some.h5")
    with open_recording(tmp_path / "all.h5") as whole, open_recording(tmp_path / "some.h5") as some:
        assert (whole.weights, some.weights) == (390, 4)
        assert [some.weight_name(i) for i in range(4)] == [f"projection[{i}]" for i in range(4)]
        matrix = np.concatenate(list(factors(390, 4, root_seed=7))) / 2
        for seed in (3, 4):
            expected = whole.trajectories(seed) @ matrix
            np.testing.assert_allclose(some.trajectories(seed), expected, rtol=0, atol=1e-12)


def test_divergence_is_seen_through_a_projection(tmp_path):
    changes = {"optimization": {"name": "sgd", "lr": 1.0, "weight_decay": 1000.0}, "training": {"steps": 30}}
    recording = {"projection": {"dimension": 4}}
    train(make_job(None, **changes, recording=recording), tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        assert (recording.diverged_step >= 5).all()
        first = recording.diverged_step[0, 0]
        assert np.isfinite(recording.trajectories(3)[0, :first]).all()


def test_what_overflows_in_the_recording_is_a_divergence(tmp_path):
    """Double precision goes on where the recorded single precision ends."""
    optimizer = {"name": "sgd", "lr": 1.0, "weight_decay": 1000.0}
    plan = {"training": {"steps": 20, "dtype": "float64"}, "recording": {"dtype": "float32"}}
    train(make_job(None, optimization=optimizer, **plan), tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        assert recording.diverged(3)
        first = recording.diverged_step[0, 0]
        assert np.isfinite(recording.trajectories(3)[0, :first]).all()


def test_more_projections_than_weights_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"recording\.projection\.dimension = 391: must be at most 390"):
        train(make_job({"dimension": 391}), tmp_path, tmp_path / "r.h5")


def test_a_projection_needs_a_dimension():
    raw = {"task": {"name": "digits"}, "architectures": {"a": {"name": "mlp"}}, "optimizers": {"o": {"name": "sgd"}}}
    rest = {"seeds": 1, "training": {"steps": 5}, "koopman": {"delays": 1}}
    for projected, message in (({}, "missing key"), ({"dimension": 0}, "= 0")):
        with pytest.raises(InputError, match=rf"recording\.projection\.dimension.*{message}"):
            load_config({"experiments": {"x": {**raw, **rest, "recording": {"projection": projected}}}})
