"""What of a network is recorded: parameters chosen by name."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from math import prod

import torch
from torch import nn

from traindyn.errors import InputError


def recorded_layers(network: nn.Module, patterns: list[str]) -> dict[str, int]:
    """Parameter name → number of weights, for the parameters that match a pattern, in the network's order.

    Raises:
        InputError: if a pattern matches nothing.
    """
    sizes = {name: prod(p.shape) for name, p in network.named_parameters()}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in sizes):
            raise InputError(f"recording.layers: {pattern!r} matches no parameter; there are: {', '.join(sizes)}")
    return {n: size for n, size in sizes.items() if any(fnmatchcase(n, pattern) for pattern in patterns)}


def flat_weights(parameters: Mapping[str, torch.Tensor], layers: dict[str, int]) -> torch.Tensor:
    """The recorded weights (seed, replica, weight) of stacked parameters."""
    return torch.cat([parameters[name].detach().flatten(2) for name in layers], dim=2)
