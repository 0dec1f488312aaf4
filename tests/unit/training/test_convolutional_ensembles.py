"""Ensembles of convolutional networks, with batch normalisation, against one network at a time in plain PyTorch."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from traindyn.config import TrainingJob, build_component
from traindyn.recording import open_recording
from traindyn.streams import stream
from traindyn.training import train
from traindyn.training.ensemble import ensemble_losses
from traindyn.training.initialisation import (
    initial_buffers,
    initial_weights,
    random_network,
    random_weights,
    replicated,
    skeleton,
)

NETWORKS = {
    "lenet": {"name": "lenet", "kernel": 3},
    "resnet20": {"name": "resnet20", "width": 4},
    "resnet20-full": {"name": "resnet20"},
}
STEPS = {"lenet": 20, "resnet20": 20, "resnet20-full": 20}
SGD = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3}


def make_job(name: str, order: str = "shuffled") -> TrainingJob:
    return TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=7,
        seeds=[3, 4],
        replicas=2,
        perturbation=0.001,
        task={"name": "digits", "batch_size": 16, "order": order, "test_samples": 40},
        network=NETWORKS[name],
        optimization={"name": "sgd", **SGD},
        training={"steps": STEPS[name], "dtype": "float64", "test_every": STEPS[name] // 2},
        recording={"dtype": "float64"},
    )


def components(job):
    task, architecture = build_component("task", job.task), build_component("architecture", job.network)
    return task, architecture, task.load(None)


def batches_of(job, task, data, seed):
    return task.batches(len(data.train_inputs), job.training.steps + 1, stream(job.root_seed, "order", seed))


def single_network(job, seed, replica):
    """One network with the start that the definition gives it."""
    task, architecture, _ = components(job)
    start = random_weights(architecture, task, job.root_seed, seed)
    start = replicated(start, job.root_seed, seed, job.replicas, job.perturbation)
    net = random_network(architecture, task, job.root_seed, seed).double()
    net.load_state_dict({name: values[replica] for name, values in start.items()}, strict=False)
    return net


def scores(net, data):
    net.eval()
    with torch.no_grad():
        outputs = net(data.test_inputs)
    net.train()
    accuracy = (outputs.argmax(1) == data.test_targets).double().mean()
    return functional.cross_entropy(outputs, data.test_targets).item(), accuracy.item()


def one_at_a_time(job, seed, replica):
    """Weights (step, weight), losses (step,), test scores (test_step, 2) and the network at the end."""
    task, _, data = components(job)
    net = single_network(job, seed, replica).train()
    optimizer = torch.optim.SGD(net.parameters(), **SGD)
    weights, losses, tests = [], [], []
    for step, batch in enumerate(batches_of(job, task, data, seed)):
        weights.append(torch.cat([p.detach().ravel() for p in net.parameters()]).numpy())
        if step % job.training.test_every == 0:
            tests.append(scores(net, data))
        loss = functional.cross_entropy(net(data.train_inputs[batch]), data.train_targets[batch])
        losses.append(loss.item())
        if step == job.training.steps:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(weights), np.array(losses), np.array(tests), net


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("lenet", "shuffled"),
        ("lenet", "file"),
        ("resnet20", "shuffled"),
        ("resnet20", "file"),
        pytest.param("resnet20-full", "file", marks=pytest.mark.slow),
    ],
)
def test_ensemble_equals_plain_pytorch(tmp_path, name, order):
    """Weights, losses, and scores in evaluation mode; momentum and weight decay. Float64, 1e-8."""
    job = make_job(name, order)
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        for row, seed in enumerate(job.seeds):
            trajectories = recording.trajectories(seed)
            for replica in range(job.replicas):
                weights, losses, tests, _ = one_at_a_time(job, seed, replica)
                np.testing.assert_allclose(trajectories[replica], weights, rtol=0, atol=1e-8)
                np.testing.assert_allclose(recording.scalars("train_loss")[row, replica], losses, rtol=0, atol=1e-8)
                np.testing.assert_allclose(recording.scalars("test_loss")[row, replica], tests[:, 0], rtol=0, atol=1e-8)
                np.testing.assert_array_equal(recording.scalars("test_accuracy")[row, replica], tests[:, 1])
    assert np.ptp(tests[:, 0]) > 0.01


def ensemble_buffers(job):
    """The buffers after each network has seen every batch, steps + 1 of them."""
    task, architecture, data = components(job)
    options = {"root_seed": job.root_seed, "seeds": job.seeds, "replicas": job.replicas, "dtype": torch.float64}
    start = initial_weights(architecture, task, perturbation=job.perturbation, **options)
    parameters = {name: torch.nn.Parameter(values) for name, values in start.items()}
    buffers = initial_buffers(architecture, task, **options)
    losses = ensemble_losses(skeleton(architecture, task), task, shared=False)
    optimizer = torch.optim.SGD(parameters.values(), **SGD)
    orders = np.stack([batches_of(job, task, data, seed) for seed in job.seeds], axis=1)
    for index in torch.as_tensor(orders):
        before = {name: buffer.clone() for name, buffer in buffers.items()}
        loss, later = losses(parameters, buffers, data.train_inputs[index], data.train_targets[index])
        assert all(torch.equal(before[name], buffer) for name, buffer in buffers.items()), "changed in place"
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        buffers = later
    return buffers


@pytest.mark.parametrize("name", ["resnet20", pytest.param("resnet20-full", marks=pytest.mark.slow)])
def test_running_statistics_equal_plain_pytorch(name):
    job = make_job(name)
    found = ensemble_buffers(job)
    assert found["norm1.num_batches_tracked"].dtype == torch.int64
    assert (found["norm1.num_batches_tracked"] == job.training.steps + 1).all()
    for row, seed in enumerate(job.seeds):
        for replica in range(job.replicas):
            *_, net = one_at_a_time(job, seed, replica)
            expected = dict(net.named_buffers())
            assert expected.keys() == found.keys()
            for buffer, values in expected.items():
                torch.testing.assert_close(found[buffer][row, replica], values, rtol=0, atol=1e-8)
    spread = found["norm1.running_mean"].flatten(0, 1)
    assert len(torch.unique(spread, dim=0)) == len(spread)
