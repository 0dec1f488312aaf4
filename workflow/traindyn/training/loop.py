"""The training loop: one ensemble, one recording."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.errors import InputError
from traindyn.provenance import attributes
from traindyn.recording import RecordingWriter
from traindyn.streams import stream
from traindyn.tasks.base import Data, Task
from traindyn.training.ensemble import Tensors, ensemble_losses, ensemble_scores
from traindyn.training.initialisation import check_starts, initial_buffers, initial_weights, skeleton
from traindyn.training.recorded import recorded_layers, recorder

Progress = Callable[[int, int], None]
TEST_SAMPLES = 100  # evaluated at once: activations of few images stay near the processor


def train(job: TrainingJob, data_dir: Path, path: Path, progress: Progress = lambda done, total: None) -> None:
    """Train one chunk of seeds of one group and write its recording.

    Step s stands for the weights after s optimizer steps; its loss is that of these weights on the batch of step s,
    the one that the next optimizer step uses.

    Raises:
        InputError: for options that do not fit each other, or data that are missing or damaged.
    """
    task: Task = build_component("task", job.task)
    architecture = build_component("architecture", job.network)
    check_starts(architecture, task, job.replicas)
    dtype = getattr(torch, job.training.dtype)
    ensemble: dict[str, Any] = {
        "root_seed": job.root_seed,
        "seeds": job.seeds,
        "replicas": job.replicas,
        "dtype": dtype,
    }
    start = initial_weights(architecture, task, perturbation=job.perturbation, **ensemble)
    parameters = {name: nn.Parameter(stacked) for name, stacked in start.items()}
    buffers = initial_buffers(architecture, task, **ensemble)
    network = skeleton(architecture, task)
    optimizer = build_component("optimizer", job.optimization).build(parameters.values())
    data = _in_precision(task.load(data_dir), dtype)
    with _writer(job, network, path) as writer:
        diverged = _run(job, task, network, parameters, buffers, optimizer, data, writer, progress)
        writer.close(diverged)


def _run(
    job: TrainingJob,
    task: Task,
    network: nn.Module,
    parameters: Tensors,
    buffers: Tensors,
    optimizer: torch.optim.Optimizer,
    data: Data | None,
    writer: RecordingWriter,
    progress: Progress,
) -> np.ndarray:
    """The loop itself. Returns the first non-finite step (seed, replica), −1 where there was none."""
    losses = ensemble_losses(network, task, shared=task.shares_order)
    scores, batch_scores = ensemble_scores(network, task), ensemble_scores(network, task, shared=task.shares_order)
    record = recorder(network, job.recording, job.root_seed)
    recorded, tested = set(_recorded_steps(job)), set(test_steps(job))
    diverged = np.full((len(job.seeds), job.replicas), -1)
    for step, (inputs, targets) in enumerate(_batches(job, task, data)):
        # Buffers change with a step, as parameters do: step s is tested with the running statistics of s batches.
        loss, later = losses(parameters, buffers, inputs, targets)
        weights = record(parameters) if step in recorded else None
        _note_divergence(diverged, step, loss, weights)
        if weights is not None:
            writer.write(weights, task.recorded_loss(loss.detach()).to(torch.float64).numpy())
        if step in tested and data is not None:
            with torch.no_grad():
                _, train_accuracy = batch_scores(parameters, buffers, inputs, targets)
            test_loss, test_accuracy = _test_scores(scores, parameters, buffers, data)
            writer.write_test(test_loss, test_accuracy, train_accuracy.to(torch.float64).numpy())
        progress(step, job.training.steps)
        if step == job.training.steps:
            break
        _step(optimizer, loss)
        buffers = later
    return diverged


def _step(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """One optimizer step of all networks. One that works on losses alone needs no gradients."""
    if getattr(optimizer, "evaluates", False):
        optimizer.step(lambda: loss)  # type: ignore[arg-type,return-value]
        return
    optimizer.zero_grad()
    loss.sum().backward()
    optimizer.step()


def _note_divergence(diverged: np.ndarray, step: int, loss: torch.Tensor, weights: np.ndarray | None) -> None:
    finite = torch.isfinite(loss).numpy()
    if weights is not None:
        finite = finite & np.isfinite(weights).all(axis=2)
    diverged[(diverged < 0) & ~finite] = step


def _batches(job: TrainingJob, task: Task, data: Data | None) -> Iterator[tuple[Any, Any]]:
    """Inputs and targets of steps 0 … training.steps; (seed, sample, …) where every seed has its own order."""
    steps = job.training.steps + 1  # the loss is also taken after the last optimizer step
    if data is None:
        yield from ((None, None) for _ in range(steps))
        return
    seeds = job.seeds[:1] if task.shares_order else job.seeds
    orders = [task.batches(len(data.train_inputs), steps, stream(job.root_seed, "order", seed)) for seed in seeds]
    # Step by step: all orders at once would be a copy of them, and the whole training set for each step is not small.
    for batch in zip(*orders, strict=True):
        index = torch.as_tensor(batch[0].copy() if task.shares_order else np.stack(batch))
        yield data.train_inputs[index], data.train_targets[index]


@torch.no_grad()
def _test_scores(scores: Callable[..., Any], parameters: Tensors, buffers: Tensors, data: Data) -> list[np.ndarray]:
    """Loss and accuracy (seed, replica) over all test samples."""
    total = torch.zeros(2, *next(iter(parameters.values())).shape[:2], dtype=torch.float64)
    for inputs, targets in zip(
        data.test_inputs.split(TEST_SAMPLES), data.test_targets.split(TEST_SAMPLES), strict=True
    ):
        total += torch.stack(scores(parameters, buffers, inputs, targets)).to(torch.float64) * len(inputs)
    return list((total / len(data.test_inputs)).numpy())


def _in_precision(data: Data | None, dtype: torch.dtype) -> Data | None:
    if data is None:
        return None
    train, test = (x.to(dtype) if x.is_floating_point() else x for x in (data.train_inputs, data.test_inputs))
    return Data(train, data.train_targets, test, data.test_targets)


def _recorded_steps(job: TrainingJob) -> list[int]:
    plan = job.recording
    stop = job.training.steps if plan.stop is None else plan.stop
    return list(range(plan.start, stop + 1, plan.every))


def test_steps(job: TrainingJob) -> list[int]:
    """Steps at which the test data are evaluated: every `test_every`, and the last."""
    if job.training.test_every is None:
        return []
    return sorted({*range(0, job.training.steps + 1, job.training.test_every), job.training.steps})


def _writer(job: TrainingJob, network: nn.Module, path: Path) -> RecordingWriter:
    steps = _recorded_steps(job)
    if not steps:
        raise InputError("recording: no step is recorded")
    return RecordingWriter(
        path,
        seeds=job.seeds,
        replicas=job.replicas,
        steps=steps,
        layers=recorded_layers(network, job.recording),
        dtype=job.recording.dtype,
        attributes=attributes(json.dumps(job.model_dump(mode="json")))
        | {name: getattr(job, name) for name in ("experiment", "architecture", "optimizer", "group")},
        test_steps=test_steps(job),
    )
