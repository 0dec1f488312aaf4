"""Small networks together, large ones alone: the same numbers either way."""

import numpy as np
import pytest
import torch
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.recording import open_recording
from traindyn.training import blocks, train

SGD = {"name": "sgd", "lr": 0.05, "momentum": 0.9}
DIGITS = {"name": "digits", "batch_size": 12, "test_samples": 30}
ADDITION = {"name": "modular_addition", "modulus": 7}
TAN = {"name": "convex", "function": "tan"}
CASES = {
    "mlp": (DIGITS, {"name": "mlp", "hidden": [6]}, SGD),
    "lenet": (DIGITS, {"name": "lenet", "kernel": 3}, SGD),
    "resnet20": (DIGITS, {"name": "resnet20", "width": 4}, SGD),
    "transformer": (ADDITION, {"name": "transformer", "d_model": 8, "d_mlp": 16}, {"name": "norm_constrained"}),
    "point": (TAN, {"name": "point", "start": 0.1, "stop": 0.9, "values": 2}, SGD),
    # Its loss sees one of three parameters.
    "segment": (TAN, {"name": "segment", "lower": [-1.2, -0.4], "upper": [0.2, 1.1], "values": 2}, SGD),
}


def make_job(name: str, order: str) -> TrainingJob:
    task, network, optimizer = CASES[name]
    return TrainingJob(
        **dict.fromkeys(("experiment", "group", "architecture", "optimizer"), "x"),
        root_seed=3,
        seeds=[2, 5],
        replicas=4 if task is TAN else 2,
        perturbation=0.001,
        task=task | ({"order": order} if task is DIGITS else {}),
        network=network,
        optimization=optimizer,
        training={"steps": 10, "dtype": "float64", "test_every": None if task is TAN else 5},
        recording={"dtype": "float64"},
    )


@pytest.mark.parametrize("order", ["file", "shuffled"])
@pytest.mark.parametrize("name", CASES)
def test_alone_equals_together(tmp_path, monkeypatch, name, order):
    job = make_job(name, order)
    found = []
    for limit in (0, 1 << 40):
        monkeypatch.setattr(blocks, "ALONE_BYTES", limit)
        train(job, tmp_path, tmp_path / "r.h5")
        with open_recording(tmp_path / "r.h5") as recording:
            scalars = (
                ["train_loss"] if job.training.test_every is None else ["train_loss", "test_loss", "test_accuracy"]
            )
            found.append([*map(recording.trajectories, job.seeds), *map(recording.scalars, scalars)])
    for alone, together in zip(*found, strict=True):
        np.testing.assert_allclose(alone, together, rtol=0, atol=1e-9)


@pytest.mark.parametrize("limit", [99, 100])
def test_every_network_is_in_one_block(monkeypatch, limit):
    monkeypatch.setattr(blocks, "ALONE_BYTES", limit)
    counted = np.zeros((3, 4), dtype=int)
    found = blocks.extents(3, 4, 100)
    for where in found:
        counted[where] += 1
    assert (counted == 1).all()
    assert len(found) == (1 if limit == 100 else 12)


def test_bytes_of_a_network_are_counted():
    """Weights, gradients, and for 5 samples 3 hidden units before and after ReLU, 10 outputs, and some for the loss."""
    with torch.device("meta"):
        layers = [nn.Flatten(), nn.Linear(64, 3, bias=False), nn.ReLU(), nn.Linear(3, 10, bias=False)]
        inputs, targets = torch.empty(5, 1, 8, 8).double(), torch.empty(5, dtype=torch.int64)
    task = build_component("task", make_job("mlp", "file").task)
    found = blocks.network_bytes(nn.Sequential(*layers).double(), task, inputs, targets)
    least = 8 * (2 * (64 * 3 + 3 * 10) + 5 * (3 + 3 + 10))
    assert least < found < least + 8 * 5 * 10 * 4
