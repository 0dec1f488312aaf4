"""The training loop: one ensemble, one recording."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.errors import InputError
from traindyn.provenance import attributes
from traindyn.recording import RecordingWriter
from traindyn.tasks.base import Data, Task
from traindyn.training.batches import batch, in_precision, orders
from traindyn.training.blocks import Block
from traindyn.training.ensemble import ensemble_losses, ensemble_scores
from traindyn.training.initialisation import check_starts, skeleton
from traindyn.training.recorded import recorded_layers, recorder
from traindyn.training.start import ensemble_blocks
from traindyn.training.step import take_step

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
    network = skeleton(architecture, task)
    data = in_precision(task.load(data_dir), getattr(torch, job.training.dtype))
    blocks = ensemble_blocks(job, task, architecture, data)
    with _writer(job, network, path) as writer:
        diverged = _run(job, task, network, blocks, data, writer, progress)
        writer.close(diverged)


def _run(
    job: TrainingJob,
    task: Task,
    network: nn.Module,
    blocks: list[Block],
    data: Data | None,
    writer: RecordingWriter,
    progress: Progress,
) -> np.ndarray:
    """The loop itself. Returns the first non-finite step (seed, replica), −1 where there was none."""
    losses = ensemble_losses(network, task, shared=task.shares_order)
    scores, batch_scores = ensemble_scores(network, task), ensemble_scores(network, task, shared=task.shares_order)
    record = recorder(network, job.recording, job.root_seed)
    recorded, tested = set(_recorded_steps(job)), set(test_steps(job))
    networks = (len(job.seeds), job.replicas)
    values = sum(recorded_layers(network, job.recording).values())
    diverged = np.full(networks, -1)
    for step, index in enumerate(orders(job, task, data)):
        loss = torch.empty(networks, dtype=getattr(torch, job.training.dtype))
        weights = np.empty((*networks, values), job.recording.dtype) if step in recorded else None
        tests = np.empty((3, *networks)) if step in tested and data is not None else None
        for block in blocks:
            inputs, targets = batch(data, index, block.where[0])
            found, later = losses(block.parameters, block.buffers, inputs, targets)
            loss[block.where] = found.detach()
            if weights is not None:
                weights[block.where] = record(block.parameters)
            if tests is not None and data is not None:
                with torch.no_grad():
                    _, accuracy = batch_scores(block.parameters, block.buffers, inputs, targets)
                tests[:, *block.where] = [*_test_scores(scores, block, data), accuracy.numpy()]
            if step < job.training.steps:
                _step(block.optimizer, found)
            # Buffers change with a step, as parameters do: step s is tested with the running statistics of s batches.
            block.buffers = later
        _note_divergence(diverged, step, loss, weights)
        if weights is not None:
            writer.write(weights, task.recorded_loss(loss).to(torch.float64).numpy())
        if tests is not None:
            writer.write_test(*tests)
        progress(step, job.training.steps)
    return diverged


def _step(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """One optimizer step of all networks. One that works on losses alone needs no gradients."""
    if not getattr(optimizer, "evaluates", False):
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        # backward() would copy gradients into place. Without one, a weight that the loss does not see stays as it is.
        gradients = torch.autograd.grad(loss.sum(), weights, allow_unused=True)
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
    take_step(optimizer, loss)
    optimizer.zero_grad()  # their memory serves the next step


def _note_divergence(diverged: np.ndarray, step: int, loss: torch.Tensor, weights: np.ndarray | None) -> None:
    finite = torch.isfinite(loss).numpy()
    if weights is not None:
        finite = finite & np.isfinite(weights).all(axis=2)
    diverged[(diverged < 0) & ~finite] = step


@torch.no_grad()
def _test_scores(scores: Callable[..., Any], block: Block, data: Data) -> list[np.ndarray]:
    """Loss and accuracy (seed, replica) over all test samples."""
    total = torch.zeros(2, *next(iter(block.parameters.values())).shape[:2], dtype=torch.float64)
    for inputs, targets in zip(
        data.test_inputs.split(TEST_SAMPLES), data.test_targets.split(TEST_SAMPLES), strict=True
    ):
        total += torch.stack(scores(block.parameters, block.buffers, inputs, targets)).to(torch.float64) * len(inputs)
    return list((total / len(data.test_inputs)).numpy())


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
