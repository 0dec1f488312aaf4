"""Losses of a whole ensemble in one vectorised call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy

import torch
from torch import nn
from torch.func import functional_call, vmap

from traindyn.tasks.base import Task
from traindyn.training.shared_inputs import SharedInputs

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
        with SharedInputs():
            outputs = functional_call(network, {**parameters, **after}, (inputs,))
        return task.loss(outputs, targets), after

    return _over_ensemble(one, shared)


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
        with SharedInputs():
            outputs = functional_call(network, {**parameters, **buffers}, (inputs,))
        loss, accuracy = task.loss(outputs, targets), task.accuracy(outputs, targets)
        return loss, loss * torch.nan if accuracy is None else accuracy

    return _over_ensemble(one, shared)


def _over_ensemble(one: Callable, shared: bool) -> Callable:
    data = None if shared else 0
    return vmap(vmap(one, in_dims=(0, 0, None, None)), in_dims=(0, 0, data, data))
