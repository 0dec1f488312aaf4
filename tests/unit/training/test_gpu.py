"""On a GPU: the CPU's numbers within a tolerance, the same bits each time, and trainings that go on."""

import numpy as np
import pytest
import torch

from traindyn.config import TrainingJob
from traindyn.recording import open_recording
from traindyn.training import train
from traindyn.training.blocks import GPU_FACTOR, network_bytes
from traindyn.training.transfer import DEPTH, Transfer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU here")
DIGITS = {"name": "digits", "batch_size": 30, "test_samples": 50}
ADDITION = {"name": "modular_addition", "modulus": 7}
TAN = {"name": "convex", "function": "tan"}
TRANSFORMER = {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}
SGD = {"name": "sgd", "lr": 0.05, "momentum": 0.9}
CASES = {
    "mlp sgd": (DIGITS, {"name": "mlp", "hidden": [6]}, SGD),
    "mlp adam": (DIGITS, {"name": "mlp", "hidden": [6]}, {"name": "adam"}),
    "lenet": (DIGITS, {"name": "lenet", "kernel": 3, "pooling": "average"}, SGD),
    "resnet20": (DIGITS, {"name": "resnet20", "width": 2}, SGD),
    "transformer": (ADDITION, TRANSFORMER, {"name": "norm_constrained"}),
    "mirror descent": (
        TAN,
        {"name": "point", "start": 0.1, "stop": 0.9, "values": 2},
        {"name": "mirror_descent", "lr": 0.01},
    ),
}
STEPS = 20


def make_job(name: str, device: str, dtype: str = "float64") -> TrainingJob:
    task, network, optimizer = CASES[name]
    return TrainingJob(
        **dict.fromkeys(("experiment", "group", "architecture", "optimizer"), "x"),
        root_seed=3,
        seeds=[2, 5] if task is not TAN else [0],
        replicas=2 if task is not TAN else 4,
        perturbation=0.001,
        task=task,
        network=network,
        optimization=optimizer,
        training={"steps": STEPS, "dtype": dtype, "device": device, "test_every": None if task is TAN else 7},
        recording={"dtype": dtype},
    )


def content(path, job) -> list[np.ndarray]:
    with open_recording(path) as recording:
        scalars = ["train_loss"] if job.training.test_every is None else ["train_loss", "test_loss", "test_accuracy"]
        return [*map(recording.trajectories, job.seeds), *map(recording.scalars, scalars), recording.diverged_step]


@pytest.mark.parametrize("name", CASES)
def test_a_gpu_gives_the_numbers_of_the_cpu(tmp_path, name):
    """In double precision; 20 steps let rounding grow by a few orders at most."""
    found = []
    for device in ("cpu", "cuda"):
        job = make_job(name, device)
        train(job, tmp_path, tmp_path / f"{device}.h5")
        found.append(content(tmp_path / f"{device}.h5", job))
    for cpu, gpu in zip(*found, strict=True):
        np.testing.assert_allclose(gpu, cpu, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_a_gpu_repeats_its_bits(tmp_path, name):
    job = make_job(name, "cuda", "float32")
    for number in range(2):
        train(job, tmp_path, tmp_path / f"{number}.h5")
    assert (tmp_path / "0.h5").read_bytes() == (tmp_path / "1.h5").read_bytes()


@pytest.mark.parametrize("name", CASES)
def test_a_training_on_a_gpu_goes_on(tmp_path, name):
    def stop(done: int, total: int, before: int) -> None:
        if done == 11:
            raise KeyboardInterrupt

    job = make_job(name, "cuda", "float32")
    train(job, tmp_path, tmp_path / "whole.h5")
    with pytest.raises(KeyboardInterrupt):
        train(job, tmp_path, tmp_path / "r.h5", stop, checkpoint_seconds=0)
    train(job, tmp_path, tmp_path / "r.h5")
    assert (tmp_path / "r.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


@pytest.mark.parametrize("name", ["mlp", "lenet"])
def test_an_ensemble_takes_no_more_memory_than_it_is_planned_for(tmp_path, monkeypatch, name):
    """Of the GPU, beyond what was there before: the data, here small, are part of it."""
    network, replicas = {"mlp": ({"name": "mlp", "hidden": [4000]}, 50), "lenet": (CASES["lenet"][1], 1000)}[name]
    given = make_job("lenet", "cuda", "float32").model_dump()
    job = TrainingJob.model_validate(given | {"network": network, "replicas": replicas})
    sizes = []
    monkeypatch.setattr(
        "traindyn.training.start.network_bytes", lambda *of: sizes.append(network_bytes(*of)) or sizes[0]
    )
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    train(job, tmp_path, tmp_path / "r.h5")
    planned = sizes[0] * len(job.seeds) * job.replicas
    assert planned > 100e6, "too little to tell"
    assert 0.5 * planned < torch.cuda.max_memory_allocated() - before < GPU_FACTOR * planned


def test_results_arrive_in_order_and_whole():
    taken = []
    transfer = Transfer(torch.device("cuda"), lambda step, found: taken.append((step, found["x"])))
    for step in range(50):
        transfer.put(step, {"x": torch.full((1000, 100), step, device="cuda")})
        assert len(taken) >= step + 1 - DEPTH
    transfer.finish()
    assert [step for step, _ in taken] == list(range(50))
    assert all(x.device.type == "cpu" and not x.is_pinned() and bool((x == step).all()) for step, x in taken)
