"""Networks as they were at steps of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from traindyn.errors import InputError
from traindyn.interactions.outputs import Network
from traindyn.training.recorded import by_name

STATISTICS = 2048  # first training samples, from which batch normalisation takes its statistics


def chosen_steps(recorded: Sequence[int], wanted: int | list[int]) -> list[int]:
    """The recorded steps that are studied: those wanted, or so many of them, evenly on a logarithmic scale.

    The first and the last are among them. Where the first ones come nearer to each other than records, there are fewer.

    Raises:
        InputError: if one is not recorded, or fewer are than wanted.
    """
    if isinstance(wanted, list):
        missing = sorted(set(wanted) - set(recorded))
        if missing:
            raise InputError(f"checkpoints: step {missing[0]} is not recorded")
        return wanted
    if wanted > len(recorded):
        raise InputError(f"checkpoints = {wanted}: {len(recorded)} steps are recorded")
    places = np.geomspace(1, len(recorded), wanted).round().astype(int) - 1
    return [int(recorded[place]) for place in np.unique(places)]


def parameters(network: nn.Module, flat: np.ndarray) -> dict[str, torch.Tensor]:
    """The network's parameters by name, in double precision, of all its weights (weight,) in its own order."""
    shapes = {name: p.shape for name, p in network.named_parameters()}
    return by_name(torch.as_tensor(flat, dtype=torch.float64), shapes)


def at_rest(network: nn.Module, weights: Mapping[str, torch.Tensor], inputs: torch.Tensor) -> Network:
    """The network with these weights, in evaluation mode.

    Recordings hold no running statistics: those of batch normalisation are taken anew under these weights, over the
    first STATISTICS training inputs (sample, *shape).
    """
    still = deepcopy(network).eval()
    state = {**weights, **_statistics(network, weights, inputs[:STATISTICS])}

    def answer(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return functional_call(still, state, (x,))

    return answer


def restorable(network: nn.Module) -> bool:
    """Whether weights say all of the network: its only buffers are those of batch normalisation."""
    own = [layer for layer in network.modules() if list(layer.buffers(recurse=False))]
    return all(isinstance(layer, _BatchNorm) for layer in own)


def _statistics(
    network: nn.Module, weights: Mapping[str, torch.Tensor], inputs: torch.Tensor
) -> dict[str, torch.Tensor]:
    buffers = {name: _fresh(buffer) for name, buffer in network.named_buffers()}
    if not buffers:
        return {}
    learning = deepcopy(network).train()
    for layer in learning.modules():
        if isinstance(layer, _BatchNorm):
            layer.momentum = 1.0  # the running statistics become those of this batch
    with torch.no_grad():
        functional_call(learning, {**weights, **buffers}, (inputs,))
    return buffers


def _fresh(buffer: torch.Tensor) -> torch.Tensor:
    dtype = torch.float64 if buffer.is_floating_point() else buffer.dtype
    return torch.zeros(buffer.shape, dtype=dtype)
