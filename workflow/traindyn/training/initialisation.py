"""Initial weights of an ensemble: a random start or fixed starts for each seed, and perturbed replicas of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from traindyn.architectures.base import Architecture
from traindyn.errors import InputError
from traindyn.streams import stream_seed
from traindyn.tasks.base import Task

Weights = dict[str, torch.Tensor]


def skeleton(architecture: Architecture, task: Task) -> nn.Module:
    """The network without memory behind its weights: shapes and names only."""
    with torch.device("meta"):
        return architecture.build(task.input_shape, task.output_size)


def initial_weights(
    architecture: Architecture,
    task: Task,
    *,
    root_seed: int,
    seeds: Sequence[int],
    replicas: int,
    perturbation: float,
    dtype: torch.dtype,
) -> Weights:
    """Parameters by name, stacked (seed, replica, *shape)."""
    starts = architecture.starts(task.output_size)
    if starts is not None:
        return {name: _repeated(values, len(seeds), dtype) for name, values in starts.items()}
    per_seed = [
        replicated(random_weights(architecture, task, root_seed, seed), root_seed, seed, replicas, perturbation)
        for seed in seeds
    ]
    return {name: torch.stack([w[name] for w in per_seed]).to(dtype) for name in per_seed[0]}


def random_weights(architecture: Architecture, task: Task, root_seed: int, seed: int) -> Weights:
    """One network's initial parameters in double precision.

    Modules draw from torch's global generator: it is seeded from the seed's own stream before the model is built,
    and put back afterwards.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_seed(root_seed, "initialisation", seed))
        network = architecture.build(task.input_shape, task.output_size)
    return {name: p.detach().to(torch.float64) for name, p in network.named_parameters()}


def replicated(weights: Weights, root_seed: int, seed: int, replicas: int, perturbation: float) -> Weights:
    """Replicas (replica, *shape): the first unperturbed, the others times 1 + perturbation·U(−1, 1), by weight."""
    copies = [weights]
    for replica in range(1, replicas):
        generator = torch.Generator().manual_seed(stream_seed(root_seed, "perturbation", seed, replica))
        copies.append({name: w * (1 + perturbation * _uniform(w.shape, generator)) for name, w in weights.items()})
    return {name: torch.stack([copy[name] for copy in copies]) for name in weights}


def check_starts(architecture: Architecture, task: Task, replicas: int) -> None:
    """Raise InputError where fixed starts are not as many as the replicas."""
    starts = architecture.starts(task.output_size)
    count = replicas if starts is None else len(next(iter(starts.values())))
    if count != replicas:
        raise InputError(f"replicas = {replicas}: must be {count}, the architecture's number of fixed starts")


def _uniform(shape: Sequence[int], generator: torch.Generator) -> torch.Tensor:
    return 2 * torch.rand(tuple(shape), generator=generator, dtype=torch.float64) - 1


def _repeated(values: np.ndarray, seeds: int, dtype: torch.dtype) -> torch.Tensor:
    return torch.as_tensor(values).to(dtype).expand(seeds, *values.shape).clone()
