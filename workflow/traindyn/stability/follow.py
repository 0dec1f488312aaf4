"""Trainings of an experiment, followed again in double precision with their perturbations.

Recordings hold no state of optimizers: the same streams give the same start and the same batches, and the recording
is what the followed weights are held against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from traindyn.architectures.mlp import ACTIVATIONS, MLP
from traindyn.config import TrainingJob, build_component
from traindyn.config.stability import StabilityPlan
from traindyn.stability.hessian import gradients
from traindyn.stability.lyapunov import positive_qr, stretches
from traindyn.stability.operators import ClosedForm, Moment, Products
from traindyn.streams import stream
from traindyn.tasks.base import Data, Task
from traindyn.training.batches import batch, in_precision, orders
from traindyn.training.blocks import Block
from traindyn.training.ensemble import ensemble_losses
from traindyn.training.initialisation import skeleton
from traindyn.training.start import ensemble_blocks
from traindyn.training.step import take_step

Progress = Callable[[int, int], None]
Visit = Callable[[int, Block], None]


@dataclass
class Followed:
    """What following one block gives. Networks are (seed, replica) of the block; NaN from where one diverged.

    steps: reported ones; losses (report, seed, replica): on each step's batch; sums (report, seed, replica, m): of
    ln r_ii since the start; triangles: R (seed, replica, m, m) after each orthonormalisation.
    """

    steps: list[int] = field(default_factory=list)
    losses: list[torch.Tensor] = field(default_factory=list)
    sums: list[torch.Tensor] = field(default_factory=list)
    triangles: list[torch.Tensor] = field(default_factory=list)


def double(job: TrainingJob, seeds: list[int], replicas: int) -> TrainingJob:
    """The job for these seeds and the first replicas, in double precision."""
    training = job.training.model_copy(update={"dtype": "float64"})
    return job.model_copy(update={"seeds": seeds, "replicas": replicas, "training": training})


def load(job: TrainingJob, data_dir: Path) -> tuple[Task, Data | None]:
    """Task and data in double precision."""
    task: Task = build_component("task", job.task)
    return task, in_precision(task.load(data_dir), torch.float64)


def start(job: TrainingJob, plan: StabilityPlan, task: Task, data: Data | None) -> list[Block]:
    """The networks at their start, in blocks that have room for a backward pass per column."""
    return ensemble_blocks(job, task, build_component("architecture", job.network), data, copies=plan.exponents + 1)


def follow(
    block: Block, job: TrainingJob, plan: StabilityPlan, task: Task, data: Data | None, visit: Visit
) -> Followed:
    """Train a block to `plan.stop`, and its perturbations with it; `visit` is called with every step and the block."""
    network = skeleton(build_component("architecture", job.network), task)
    losses = ensemble_losses(network, task, shared=task.shares_order)
    stop = job.training.steps if plan.stop is None else plan.stop
    found, tangent = Followed(), None
    for step, index in enumerate(orders(job, task, data)):
        inputs, targets = batch(data, index, block.where[0])
        loss, later = losses(block.parameters, block.buffers, inputs, targets)
        visit(step, block)
        if tangent is not None and (step - plan.start) % plan.report_every == 0:
            found.steps.append(step)
            found.losses.append(task.recorded_loss(loss.detach()))
            found.sums.append(tangent.sums.clone())
        if step == stop:
            break
        moment = Moment(
            block.parameters,
            block.optimizer,
            loss,
            gradients(loss, list(block.parameters.values())),
            inputs,
            targets,
        )
        if step == plan.start:
            tangent = _Tangent(job, plan, block, moment)
        if tangent is not None:
            tangent.advance(moment, orthonormalise=(step + 1 - plan.start) % plan.every == 0)
        for weight, slope in zip(block.parameters.values(), moment.slopes, strict=True):
            weight.grad = None if slope is None else slope.detach()
        take_step(block.optimizer, loss.detach())
        block.buffers = later
    if tangent is not None:
        found.triangles = tangent.triangles
    return found


class _Tangent:
    """The perturbations of a block: orthonormal columns, and what they were stretched by."""

    def __init__(self, job: TrainingJob, plan: StabilityPlan, block: Block, moment: Moment) -> None:
        networks = moment.losses.shape
        self._operator = _operator(job, plan, moment, together=networks != (1, 1))
        self._Q = _initial(job, plan.exponents, block, self._operator.weights, self._operator.size)
        self.sums = torch.zeros((*networks, plan.exponents), dtype=torch.float64)
        self.triangles: list[torch.Tensor] = []
        self._keep = plan.vectors

    def advance(self, moment: Moment, *, orthonormalise: bool) -> None:
        """One step of the tangent dynamics."""
        moved = self._operator(moment, self._Q)
        # A network that diverged takes no other with it: it keeps its columns, and its sums are NaN from here on.
        finite = torch.isfinite(moved).all(-1).all(-1) & torch.isfinite(moment.losses.detach())
        self.sums[~finite] = torch.nan
        moved = torch.where(finite[..., None, None], moved, self._Q)
        if not orthonormalise:
            self._Q = moved
            return
        self._Q, R = positive_qr(moved)
        self.sums += stretches(R)
        if self._keep:
            self.triangles.append(R)


def _operator(job: TrainingJob, plan: StabilityPlan, moment: Moment, *, together: bool) -> Products | ClosedForm:
    if plan.operator == "products":
        return Products(job, moment, together=together)
    architecture: MLP = build_component("architecture", job.network)
    return ClosedForm(job, moment, ACTIVATIONS[architecture.activation]())


def _initial(job: TrainingJob, columns: int, block: Block, weights: int, size: int) -> torch.Tensor:
    """Random orthonormal columns (seed, replica, coordinate, column), of a stream for each network.

    They perturb the weights alone, unless there are more columns than weights: state follows from weights.
    """
    seeds, replicas = job.seeds[block.where[0]], range(job.replicas)[block.where[1]]
    rows = weights if columns <= weights else size
    drawn = np.zeros((len(seeds), len(replicas), size, columns))
    for i, seed in enumerate(seeds):
        for j, replica in enumerate(replicas):
            generator = stream(job.root_seed, "perturbations", seed, replica)
            drawn[i, j, :rows] = generator.standard_normal((rows, columns))
    return positive_qr(torch.as_tensor(drawn))[0]
