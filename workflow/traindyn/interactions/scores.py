"""Loss and accuracy of a network on many samples."""

from __future__ import annotations

import torch

from traindyn.interactions.outputs import MOST_VALUES, Network
from traindyn.tasks.base import Classification


def score(network: Network, task: Classification, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
    """Mean loss and accuracy on inputs (sample, *shape), some of them at a time."""
    pieces = list(zip(inputs.split(_together(inputs)), targets.split(_together(inputs)), strict=True))
    answers = [(network(x), y) for x, y in pieces]
    loss = sum(float(task.loss(outputs, y)) * len(y) for outputs, y in answers)
    right = sum(float(task.accuracy(outputs, y)) * len(y) for outputs, y in answers)
    return loss / len(inputs), right / len(inputs)


def _together(inputs: torch.Tensor) -> int:
    return max(1, MOST_VALUES // inputs[0].numel())
