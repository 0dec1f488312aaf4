"""Ensemble training against the loop that anyone would write: one network, one torch.optim optimizer at a time."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from traindyn.config import TrainingJob, build_component
from traindyn.recording import open_recording
from traindyn.streams import stream
from traindyn.training import train
from traindyn.training.initialisation import random_weights, replicated

STEPS = 50
OPTIMIZERS = {
    "sgd": ({"name": "sgd", "lr": 0.1}, torch.optim.SGD, {"lr": 0.1}),
    "momentum": (
        {"name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-4},
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-4},
    ),
    "nesterov": (
        {"name": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True},
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
    ),
    "adam": ({"name": "adam", "lr": 0.01}, torch.optim.Adam, {"lr": 0.01}),
    "adamw": (
        {"name": "adamw", "lr": 0.01, "weight_decay": 0.1, "betas": [0.9, 0.98]},
        torch.optim.AdamW,
        {"lr": 0.01, "weight_decay": 0.1, "betas": (0.9, 0.98)},
    ),
    "rmsprop": (
        {"name": "rmsprop", "lr": 0.001, "momentum": 0.5},
        torch.optim.RMSprop,
        {"lr": 0.001, "momentum": 0.5},
    ),
}


def make_job(optimizer: dict, dtype: str = "float64", order: str = "shuffled", **changes) -> TrainingJob:
    values = {
        "experiment": "e",
        "group": "g",
        "architecture": "a",
        "optimizer": "o",
        "root_seed": 7,
        "seeds": [3, 4],
        "replicas": 3,
        "perturbation": 0.001,
        "task": {"name": "digits", "batch_size": 30, "order": order},
        "network": {"name": "mlp", "hidden": [6, 5], "activation": "tanh"},
        "optimization": optimizer,
        "training": {"steps": STEPS, "dtype": dtype, "test_every": 20},
        "recording": {"dtype": dtype},
    }
    return TrainingJob(**(values | changes))


def network(weights: dict[str, torch.Tensor], dtype: torch.dtype) -> nn.Sequential:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 10))
    with torch.no_grad():
        for parameter, value in zip(net.to(dtype).parameters(), weights.values(), strict=True):
            parameter.copy_(value)
    return net


def one_at_a_time(job: TrainingJob, seed: int, replica: int, make, options: dict) -> tuple[np.ndarray, np.ndarray]:
    """Weights (step, weight) and losses (step,) of one network, the textbook way."""
    task = build_component("task", job.task)
    architecture = build_component("architecture", job.network)
    data = task.load(None)
    dtype = getattr(torch, job.training.dtype)
    start = replicated(
        random_weights(architecture, task, job.root_seed, seed), job.root_seed, seed, job.replicas, job.perturbation
    )
    net = network({name: values[replica] for name, values in start.items()}, dtype)
    optimizer = make(net.parameters(), **options)
    batches = task.batches(len(data.train_inputs), STEPS + 1, stream(job.root_seed, "order", seed))
    weights, losses = [], []
    for batch in batches:
        loss = functional.cross_entropy(net(data.train_inputs[batch].to(dtype)), data.train_targets[batch])
        weights.append(torch.cat([p.detach().ravel() for p in net.parameters()]).numpy())
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(weights), np.array(losses)


@pytest.mark.parametrize("order", ["shuffled", "file"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float64_equals_plain_pytorch(tmp_path, name, order):
    plan, make, options = OPTIMIZERS[name]
    job = make_job(plan, order=order)
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        for row, seed in enumerate(job.seeds):
            trajectories = recording.trajectories(seed)
            for replica in range(job.replicas):
                weights, losses = one_at_a_time(job, seed, replica, make, options)
                np.testing.assert_allclose(trajectories[replica], weights, rtol=0, atol=1e-10)
                np.testing.assert_allclose(recording.scalars("train_loss")[row, replica], losses, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_float32_stays_within_rounding(tmp_path, name):
    """Rounding of 6e-8 per operation, amplified by 50 steps of training: 1e-4 of weights of order 1."""
    plan, make, options = OPTIMIZERS[name]
    job = make_job(plan, dtype="float32")
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        weights, _ = one_at_a_time(job, 3, 1, make, options)
        np.testing.assert_allclose(recording.trajectories(3)[1], weights, rtol=0, atol=1e-4)


def test_seed_does_not_depend_on_its_chunk(tmp_path):
    plan, *_ = OPTIMIZERS["momentum"]
    train(make_job(plan), tmp_path, tmp_path / "both.h5")
    train(make_job(plan, seeds=[4]), tmp_path, tmp_path / "one.h5")
    with open_recording(tmp_path / "both.h5") as both, open_recording(tmp_path / "one.h5") as one:
        np.testing.assert_allclose(both.trajectories(4), one.trajectories(4), rtol=0, atol=1e-11)


def test_same_job_same_bits(tmp_path):
    plan, *_ = OPTIMIZERS["adam"]
    recorded = []
    for name in ("a.h5", "b.h5"):
        torch.manual_seed(len(recorded))  # whatever the global generator holds must not matter
        train(make_job(plan, dtype="float32"), tmp_path, tmp_path / name)
        with open_recording(tmp_path / name) as recording:
            recorded.append(recording.trajectories(3))
    np.testing.assert_array_equal(*recorded)


def test_replicas_are_perturbed_as_defined(tmp_path):
    plan, *_ = OPTIMIZERS["sgd"]
    train(make_job(plan), tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        first, second, third = recording.trajectories(3)[:, 0]
        other_seed = recording.trajectories(4)[0, 0]
    for replica in (second, third):
        ratio = replica / first - 1
        assert 0.0009 < abs(ratio).max() <= 0.001
        assert abs(ratio.mean()) < 1e-4
    assert abs(second - third).max() > 0
    assert abs(first - other_seed).max() > 0.1


def test_test_scores_equal_the_definition(tmp_path):
    job = make_job(OPTIMIZERS["sgd"][0])
    train(job, tmp_path, tmp_path / "r.h5")
    data = build_component("task", job.task).load(None)
    with open_recording(tmp_path / "r.h5") as recording:
        assert recording.test_steps.tolist() == [0, 20, 40, 50]
        weights = torch.as_tensor(recording.trajectories(4)[2, 40])
        sizes = [6 * 64, 6, 5 * 6, 5, 10 * 5, 10]
        net = network(dict(enumerate(shaped(weights.split(sizes)))), torch.float64)
        outputs = net(data.test_inputs)
        loss = functional.cross_entropy(outputs, data.test_targets).item()
        accuracy = (outputs.argmax(1) == data.test_targets).double().mean().item()
        assert recording.scalars("test_loss")[1, 2, 2] == pytest.approx(loss, abs=1e-12)
        assert recording.scalars("test_accuracy")[1, 2, 2] == pytest.approx(accuracy, abs=1e-12)
        task = build_component("task", job.task)
        batch = task.batches(len(data.train_inputs), 41, stream(job.root_seed, "order", 4))[40]
        right = net(data.train_inputs[batch]).argmax(1) == data.train_targets[batch]
        assert recording.scalars("train_accuracy")[1, 2, 2] == pytest.approx(right.double().mean().item(), abs=1e-12)


def shaped(flat):
    shapes = [(6, 64), (6,), (5, 6), (5,), (10, 5), (10,)]
    return [values.reshape(shape) for values, shape in zip(flat, shapes, strict=True)]


def test_divergence_is_noted_with_its_step(tmp_path):
    """Weight decay of 1000 at rate 1 multiplies weights by about −999 a step: float32 ends after some 13 steps."""
    job = make_job({"name": "sgd", "lr": 1.0, "weight_decay": 1000.0}, dtype="float32")
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        assert recording.diverged(3)
        assert (recording.diverged_step >= 10).all()
        step = recording.diverged_step[0, 0]
        finite = np.isfinite(recording.trajectories(3)[0]).all(axis=1) & np.isfinite(
            recording.scalars("train_loss")[0, 0]
        )
        assert finite[:step].all()
        assert not finite[step]


def test_divergence_stays_with_its_replica(tmp_path):
    """x ← x − 2x³ runs away from |x| > 1 and stays in |x| < 1."""
    job = make_job(
        {"name": "mirror_descent", "lr": 0.5},
        seeds=[0],
        replicas=25,
        task={"name": "convex", "function": "quartic"},
        network={"name": "point", "start": -0.7, "stop": 1.3},
        training={"steps": STEPS, "dtype": "float64"},
    )
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        starts = recording.trajectories(0)[:, 0]
        runs_away = (abs(starts) > 1).any(axis=1)
        assert 0 < runs_away.sum() < 25
        np.testing.assert_array_equal(recording.diverged_step[0] >= 0, runs_away)
        assert np.isfinite(recording.trajectories(0)[~runs_away]).all()
