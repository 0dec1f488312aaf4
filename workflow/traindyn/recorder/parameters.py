"""The parameters of a user's network, by the names that they have in the network itself."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.nn.parameter import is_lazy

from traindyn.errors import InputError

COMPILED = "_orig_mod."  # what torch.compile puts before the names of a module's parameters
SHARDED = "is sharded among processes, none of which has all weights: train with DistributedDataParallel"


def unwrapped(model: nn.Module) -> nn.Module:
    """The network within what torch.compile and data parallelism wrap around it."""
    while True:
        inner = getattr(model, "_orig_mod", model)
        inner = inner.module if isinstance(inner, DataParallel | DistributedDataParallel) else inner
        if inner is model:
            return model
        model = inner


def parameters(model: nn.Module) -> dict[str, torch.Tensor]:
    """Name → parameter, without what torch.compile and data parallelism add to names."""
    return {name.replace(COMPILED, ""): parameter for name, parameter in unwrapped(model).named_parameters()}


def sizes(model: nn.Module) -> dict[str, int]:
    """Name → number of weights.

    Raises:
        InputError: a parameter has no shape yet, is complex or sharded, or has a name that a recording cannot hold.
    """
    if any(type(module).__name__ == "FullyShardedDataParallel" for module in model.modules()):
        raise InputError(f"Recorder: the network {SHARDED}")
    found = parameters(model)
    for name, parameter in found.items():
        reason = _obstacle(name, parameter)
        if reason:
            raise InputError(f"Recorder: parameter {name!r} {reason}")
    return {name: parameter.numel() for name, parameter in found.items()}


def _obstacle(name: str, parameter: torch.Tensor) -> str:
    if is_lazy(parameter):
        return "has no shape yet: let the network see a batch first"
    if not parameter.is_floating_point():
        return f"is {parameter.dtype}, not real"
    if hasattr(parameter, "full_tensor"):
        return SHARDED
    if not name.isascii() or name.split() != [name]:
        return "has a name with spaces or other letters than ASCII's"
    return ""
