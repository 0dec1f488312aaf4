"""Gradients of stacked networks' losses, and products of their Hessians with perturbations of the weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch

Gradients = list[torch.Tensor | None]


def gradients(losses: torch.Tensor, weights: Sequence[torch.Tensor]) -> Gradients:
    """Gradients (seed, replica, *shape) of losses (seed, replica), which can be differentiated again.

    The networks do not meet: the gradient of the sum holds every network's own. None where the loss sees no weight.
    """
    return list(torch.autograd.grad(losses.sum(), list(weights), create_graph=True, allow_unused=True))


def hessian_products(
    slopes: Gradients, weights: Sequence[torch.Tensor], perturbations: Sequence[torch.Tensor], *, together: bool
) -> Gradients:
    """Hessian times perturbations (column, seed, replica, *shape) of each weight, in the same shape.

    slopes: as `gradients` gives them. together: all columns in one call, which holds the memory of as many backward
    passes; otherwise one after the other.
    """
    used = [i for i, slope in enumerate(slopes) if slope is not None and slope.requires_grad]
    if not used:
        return [None if s is None else torch.zeros_like(p) for s, p in zip(slopes, perturbations, strict=True)]
    outputs, seen = [slopes[i] for i in used], [perturbations[i] for i in used]

    def products(directions: list[torch.Tensor], batched: bool) -> Sequence[torch.Tensor | None]:
        return torch.autograd.grad(
            outputs,  # type: ignore[arg-type]
            list(weights),
            directions,
            retain_graph=True,
            allow_unused=True,
            is_grads_batched=batched,
        )

    if together:
        columns = products(seen, batched=True)
    else:
        singly = [products([p[column] for p in seen], batched=False) for column in range(len(perturbations[0]))]
        columns = [None if parts[0] is None else torch.stack(parts) for parts in zip(*singly, strict=True)]
    return [
        None if slope is None else torch.zeros_like(p) if column is None else column.detach()
        for slope, column, p in zip(slopes, columns, perturbations, strict=True)
    ]
