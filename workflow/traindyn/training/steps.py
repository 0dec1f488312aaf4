"""The training itself: step after step on the device, and what comes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn

from traindyn.config import TrainingJob
from traindyn.tasks.base import Data, Task
from traindyn.training.batches import batch, orders
from traindyn.training.blocks import Block
from traindyn.training.ensemble import ensemble_losses, ensemble_scores
from traindyn.training.plan import recorded_steps, test_steps
from traindyn.training.recorded import chosen_parameters, flat_weights
from traindyn.training.step import take_step

TEST_SAMPLES = 100  # evaluated at once: activations of few images stay near the processor
Found = dict[str, torch.Tensor]


def steps(
    job: TrainingJob, task: Task, network: nn.Module, blocks: Sequence[Block], data: Data | None, first: int
) -> Iterator[tuple[int, Found]]:
    """Train from step `first` to the last; with each step, on the device, what came of it.

    `loss` (seed, replica); at recorded steps `weights` (seed, replica, weight), those of the chosen parameters; at
    tested ones `tests` (3, seed, replica), as `RecordingWriter.write_test` takes them. When a step is given, the blocks
    stand before the next one.
    """
    losses = ensemble_losses(network, task, shared=task.shares_order)
    scores, batch_scores = ensemble_scores(network, task), ensemble_scores(network, task, shared=task.shares_order)
    recorded, tested = set(recorded_steps(job)), set(test_steps(job))
    chosen = chosen_parameters(network, job.recording.layers)
    for step, index in enumerate(orders(job, task, data, first), start=first):
        found = _empty(job, sum(chosen.values()), blocks, recorded=step in recorded, tested=step in tested)
        for block in blocks:
            inputs, targets = batch(data, index, block.where[0])
            loss, later = losses(block.parameters, block.buffers, inputs, targets)
            found["loss"][block.where] = loss.detach()
            if "weights" in found:
                found["weights"][block.where] = flat_weights(block.parameters, chosen)
            if "tests" in found and data is not None:
                with torch.no_grad():
                    _, accuracy = batch_scores(block.parameters, block.buffers, inputs, targets)
                found["tests"][:2, *block.where] = _test_scores(scores, block, data)
                found["tests"][2, *block.where] = accuracy
            if step < job.training.steps:
                _step(block.optimizer, loss)
            # Buffers change with a step, as parameters do: step s is tested with the running statistics of s batches.
            block.buffers = later
        yield step, found


def _empty(job: TrainingJob, weights: int, blocks: Sequence[Block], *, recorded: bool, tested: bool) -> Found:
    """Room for what comes of one step."""
    networks, device = (len(job.seeds), job.replicas), next(iter(blocks[0].parameters.values())).device
    dtype = getattr(torch, job.training.dtype)
    found = {"loss": torch.empty(networks, dtype=dtype, device=device)}
    if recorded:
        found["weights"] = torch.empty((*networks, weights), dtype=dtype, device=device)
    if tested:
        found["tests"] = torch.empty((3, *networks), dtype=torch.float64, device=device)
    return found


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


@torch.no_grad()
def _test_scores(scores: Callable[..., Any], block: Block, data: Data) -> torch.Tensor:
    """Loss and accuracy (2, seed, replica) over all test samples."""
    one = next(iter(block.parameters.values()))
    total = torch.zeros(2, *one.shape[:2], dtype=torch.float64, device=one.device)
    for inputs, targets in zip(
        data.test_inputs.split(TEST_SAMPLES), data.test_targets.split(TEST_SAMPLES), strict=True
    ):
        total += torch.stack(scores(block.parameters, block.buffers, inputs, targets)).to(torch.float64) * len(inputs)
    return total / len(data.test_inputs)
