"""Per-sample changes of the weights: what a step of plain gradient descent on one sample makes of each weight.

The learning rate is left out: dw = −∂L(x; w)/∂w. A factor moves no exponent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.func import functional_call, grad, vmap

from traindyn.tasks.base import Task
from traindyn.training.recorded import by_name

Loss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
BLOCK_VALUES = 1 << 23  # of gradients held together: 64 MB


def sample_loss(network: nn.Module, task: Task) -> Loss:
    """The loss of one sample: of all weights (weight,), flat in the network's order, input and target."""
    shapes = {name: parameter.shape for name, parameter in network.named_parameters()}
    network = network.eval()

    def loss(weights: torch.Tensor, inputs: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        outputs = functional_call(network, by_name(weights, shapes), (inputs.unsqueeze(0),))
        return task.loss(outputs, target.unsqueeze(0))

    return loss


def changes(loss: Loss, weights: torch.Tensor, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """dw (sample, weight) at these weights (weight,) of inputs (sample, …) and targets (sample, …)."""
    return -vmap(grad(loss), in_dims=(None, 0, 0))(weights, inputs, targets)


def blocks(
    loss: Loss, weights: torch.Tensor, inputs: torch.Tensor, targets: torch.Tensor
) -> Iterator[tuple[slice, torch.Tensor]]:
    """`changes` of all samples, so many at once as memory allows: which samples, and theirs."""
    size = max(1, BLOCK_VALUES // len(weights))
    for start in range(0, len(inputs), size):
        own = slice(start, min(start + size, len(inputs)))
        yield own, changes(loss, weights, inputs[own], targets[own])
