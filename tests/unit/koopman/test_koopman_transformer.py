"""A real recording of the transformer's first steps, fitted in full dimension, against the explicit Hankel matrix."""

import numpy as np
import pytest
from koopman_reference import assert_same_spectrum, explicit

from traindyn.config import TrainingJob
from traindyn.koopman import fit
from traindyn.recording import open_recording
from traindyn.training import train

OPTIMIZERS = {
    "unconstrained": {"name": "adamw", "lr": 0.001, "betas": [0.9, 0.98], "weight_decay": 1.0},
    "norm-constrained": {"name": "norm_constrained", "lr": 0.001, "betas": [0.9, 0.98], "initial_scale": 0.8},
}
DELAYS, MODES = 32, 10  # as in the paper


@pytest.fixture(scope="module", params=OPTIMIZERS)
def weights(request, tmp_path_factory):
    """(replica, step, weight): 10 × 100 × 4,096."""
    path = tmp_path_factory.mktemp("transformer") / "recording.h5"
    job = TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=0,
        seeds=[0],
        replicas=10,
        perturbation=0.001,
        task={"name": "modular_addition", "modulus": 13},
        network={"name": "transformer", "d_model": 32, "heads": 4, "d_mlp": 128},
        optimization=OPTIMIZERS[request.param],
        training={"steps": 99},
        recording={"layers": ["mlp.W_out"]},
    )
    train(job, path.parent, path)
    with open_recording(path) as recording:
        return recording.trajectories(0)


def test_a_subset_of_the_weights(weights):
    subset = weights[:, :, np.random.default_rng(0).choice(weights.shape[2], 200, replace=False)]
    assert_same_spectrum(fit(subset, DELAYS, MODES), explicit(subset, DELAYS, MODES), tolerance=1e-8)


def test_more_weights_than_snapshots(weights):
    """Beyond twice as many weights as snapshots the fit works with the snapshots' inner products."""
    subset = weights[:4, :, :900]
    found = fit(subset, DELAYS, MODES)
    assert "coordinates by inner products" in found.note
    assert_same_spectrum(found, explicit(subset, DELAYS, MODES), tolerance=1e-8)
