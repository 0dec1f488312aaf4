"""Losses of a whole ensemble in one vectorised call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, vmap
from torch.utils._pytree import tree_map

from traindyn.tasks.base import Task
from traindyn.training.rules import EnsembleRules

Tensors = Mapping[str, torch.Tensor]
Losses = Callable[
    [Tensors, Tensors, torch.Tensor | None, torch.Tensor | None], tuple[torch.Tensor, dict[str, torch.Tensor]]
]


def ensemble_losses(network: nn.Module, task: Task, *, shared: bool) -> Losses:
    """Losses (seed, replica) of stacked parameters and buffers (seed, replica, *shape), and the buffers afterwards.

    `shared`: all seeds get the same batch (sample, …); otherwise each its own, (seed, sample, …).
    The networks do not meet, so the gradient of the sum of losses holds every network's own gradient. They run in
    training mode: batch normalisation uses the batch's statistics, and updates its running ones.
    """
    network = deepcopy(network).train()

    def one(
        parameters: Tensors, buffers: Tensors, inputs: torch.Tensor | None, targets: torch.Tensor | None
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        # Layers change their buffers in place. Under vmap that is right only for tensors that are stacked themselves;
        # these copies are, and what was given stays as it was.
        after = {name: buffer.clone() for name, buffer in buffers.items()}
        outputs = functional_call(network, {**parameters, **after}, (inputs,))
        return task.loss(outputs, targets), after

    return _over_ensemble(one, shared, network)


def ensemble_scores(
    network: nn.Module, task: Task, *, shared: bool = True
) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    """Loss and accuracy (seed, replica); accuracy is NaN where it means nothing. `shared` as in `ensemble_losses`.

    The networks run in evaluation mode: batch normalisation uses its running statistics, which stay as they are.
    """
    network = deepcopy(network).eval()

    def one(
        parameters: Tensors, buffers: Tensors, inputs: torch.Tensor, targets: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = functional_call(network, {**parameters, **buffers}, (inputs,))
        loss, accuracy = task.loss(outputs, targets), task.accuracy(outputs, targets)
        return loss, loss * torch.nan if accuracy is None else accuracy

    return _over_ensemble(one, shared, network)


def _over_ensemble(one: Callable, shared: bool, network: nn.Module) -> Callable:
    data = None if shared else 0
    convolves = any(isinstance(layer, nn.Conv2d) for layer in network.modules())

    def with_rules(*arguments: Any) -> Any:
        with EnsembleRules():
            return one(*arguments)

    many = vmap(vmap(with_rules, in_dims=(0, 0, None, None)), in_dims=(0, 0, data, data))

    def over(parameters: Tensors, buffers: Tensors, inputs: torch.Tensor | None, targets: torch.Tensor | None) -> Any:
        if next(iter(parameters.values())).shape[:2] != (1, 1):
            return many(parameters, buffers, _samples_last(inputs) if convolves else inputs, targets)
        # A single network is left to PyTorch as it is: vmap would make grouped convolutions of its convolutions.
        single = [{name: x.view(x.shape[2:]) for name, x in tensors.items()} for tensors in (parameters, buffers)]
        batch = (inputs, targets) if shared or inputs is None or targets is None else (inputs[0], targets[0])
        return tree_map(lambda x: x.view(1, 1, *x.shape), one(*single, *map(_channels_last, batch)))

    return over


def _channels_last(inputs: torch.Tensor | None) -> torch.Tensor | None:
    """Images (sample, channel, height, width) in the layout that convolutions are fastest in, on to the last layer."""
    return inputs.contiguous(memory_format=torch.channels_last) if inputs is not None and inputs.ndim == 4 else inputs


def _samples_last(inputs: torch.Tensor | None) -> torch.Tensor | None:
    """Images (…, sample, channel, height, width) as `EnsembleRules` convolve them, on a CPU."""
    if inputs is None or inputs.ndim < 4 or inputs.device.type != "cpu":
        return inputs
    return inputs.movedim(-4, -1).contiguous().movedim(-1, -4)
