"""Losses of a whole ensemble in one vectorised call."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.func import functional_call, vmap

from traindyn.tasks.base import Task

Parameters = Mapping[str, torch.Tensor]
Losses = Callable[[Parameters, torch.Tensor | None, torch.Tensor | None], torch.Tensor]


def ensemble_losses(network: nn.Module, task: Task, *, shared: bool) -> Losses:
    """Losses (seed, replica) of stacked parameters (seed, replica, *shape).

    `shared`: all seeds get the same batch (sample, …); otherwise each its own, (seed, sample, …).
    The networks do not meet, so the gradient of the sum of losses holds every network's own gradient.
    """

    def one(parameters: Parameters, inputs: torch.Tensor | None, targets: torch.Tensor | None) -> torch.Tensor:
        return task.loss(functional_call(network, dict(parameters), (inputs,)), targets)

    return _over_ensemble(one, shared)


def ensemble_scores(
    network: nn.Module, task: Task, *, shared: bool = True
) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    """Loss and accuracy (seed, replica); accuracy is NaN where it means nothing. `shared` as in `ensemble_losses`."""

    def one(parameters: Parameters, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = functional_call(network, dict(parameters), (inputs,))
        loss, accuracy = task.loss(outputs, targets), task.accuracy(outputs, targets)
        return loss, loss * torch.nan if accuracy is None else accuracy

    return _over_ensemble(one, shared)


def _over_ensemble(one: Callable, shared: bool) -> Callable:
    data = None if shared else 0
    return vmap(vmap(one, in_dims=(0, None, None)), in_dims=(0, data, data))
