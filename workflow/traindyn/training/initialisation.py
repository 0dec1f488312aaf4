"""The start of an ensemble: random or fixed weights for each seed, perturbed replicas of it, and buffers."""

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
    """The network for its shapes and names: what its weights are does not matter, nor does building it draw anything.

    It is a real one. On torch's meta device it would take no memory, but drawing random numbers there imports a system
    of computer algebra, which takes a second.
    """
    with torch.random.fork_rng(devices=[]):
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


def initial_buffers(
    architecture: Architecture,
    task: Task,
    *,
    root_seed: int,
    seeds: Sequence[int],
    replicas: int,
    dtype: torch.dtype,
) -> Weights:
    """Buffers by name (running statistics, counters), stacked (seed, replica, *shape): replicas start with the same."""
    if not dict(skeleton(architecture, task).named_buffers()):
        return {}
    per_seed = [dict(random_network(architecture, task, root_seed, seed).named_buffers()) for seed in seeds]
    stacked = {name: torch.stack([buffers[name] for buffers in per_seed]) for name in per_seed[0]}
    return {
        name: buffer.unsqueeze(1)
        .repeat_interleave(replicas, dim=1)
        .to(dtype if buffer.is_floating_point() else buffer.dtype)
        for name, buffer in stacked.items()
    }


def random_weights(architecture: Architecture, task: Task, root_seed: int, seed: int) -> Weights:
    """One network's initial parameters in double precision."""
    network = random_network(architecture, task, root_seed, seed)
    return {name: p.detach().to(torch.float64) for name, p in network.named_parameters()}


def random_network(architecture: Architecture, task: Task, root_seed: int, seed: int) -> nn.Module:
    """One network as its modules initialise it.

    Modules draw from torch's global generator: it is seeded from the seed's own stream before the model is built,
    and put back afterwards.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_seed(root_seed, "initialisation", seed))
        return architecture.build(task.input_shape, task.output_size)


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
