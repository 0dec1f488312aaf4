"""An ensemble at its start: networks and optimizers, in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from traindyn.architectures.base import Architecture
from traindyn.config import TrainingJob, build_component
from traindyn.tasks.base import Data, Task
from traindyn.training.blocks import Block, extents, network_bytes
from traindyn.training.device import CPU, free_bytes
from traindyn.training.initialisation import initial_buffers, initial_weights


def ensemble_blocks(
    job: TrainingJob,
    task: Task,
    architecture: Architecture,
    data: Data | None,
    device: torch.device = CPU,
    *,
    copies: int = 1,
) -> list[Block]:
    """The ensemble at its start, drawn on the CPU: a seed means the same on every device.

    copies: of a network's memory that its computation takes (1: a training).
    """
    dtype = getattr(torch, job.training.dtype)
    ensemble: dict[str, Any] = {
        "root_seed": job.root_seed,
        "seeds": job.seeds,
        "replicas": job.replicas,
        "dtype": dtype,
    }
    parameters = initial_weights(architecture, task, perturbation=job.perturbation, **ensemble)
    buffers = initial_buffers(architecture, task, **ensemble)
    network = architecture.build(task.input_shape, task.output_size).to(dtype)
    size = network_bytes(network, task, *_first_batch(task, data))
    found = []
    for where in extents(len(job.seeds), job.replicas, size * copies, free_bytes(device)):
        own = {name: nn.Parameter(stacked[where].clone().to(device)) for name, stacked in parameters.items()}
        optimizer = build_component("optimizer", job.optimization).build(own.values())
        carried = {name: stacked[where].to(device) for name, stacked in buffers.items()}
        found.append(Block(where, own, carried, optimizer))
    return found


def _first_batch(task: Task, data: Data | None) -> tuple[Any, Any]:
    """Inputs and targets of as many samples as a batch has, on the CPU, where the network is built."""
    if data is None:
        return None, None
    samples = task.batches(len(data.train_inputs), 1, np.random.default_rng(0)).shape[1]
    return data.train_inputs[:samples].cpu(), data.train_targets[:samples].cpu()
