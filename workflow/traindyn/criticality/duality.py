"""The duality map: how changes of the weights depend on the boundary variables, the inputs, around a point of the data.

dw(x) ≈ dw(x̄) + J (x − x̄). The singular vectors of J pair directions of the inputs with directions of the weights:
many one-dimensional problems.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.func import jvp, vmap

from traindyn.criticality.gradients import Loss, changes

POINTS = 32  # more distinct targets than that are no classes
COLUMNS = 64  # inputs that are differentiated by at once


@dataclass(frozen=True)
class Point:
    """A point of the boundary: the mean input of samples that share a target.

    samples (sample,): their places. inputs, target: x̄ and the target (of all samples, where they share none: the mean).
    """

    samples: torch.Tensor
    inputs: torch.Tensor
    target: torch.Tensor


@dataclass(frozen=True)
class Duality:
    """J at a point: singular values (rank,), leading directions of weights (weight, k) and of inputs (input, k)."""

    point: Point
    values: torch.Tensor
    weights: torch.Tensor
    inputs: torch.Tensor


def points(inputs: torch.Tensor, targets: torch.Tensor) -> list[Point]:
    """A point for each class, or a single one where targets are no classes."""
    distinct, which = torch.unique(targets, dim=0, return_inverse=True)
    if len(distinct) > POINTS:
        return [Point(torch.arange(len(inputs)), inputs.mean(0), targets.mean(0))]
    places = [torch.nonzero(which.flatten() == c).flatten() for c in range(len(distinct))]
    return [Point(own, inputs[own].mean(0), target) for own, target in zip(places, distinct, strict=True)]


def jacobian(loss: Loss, weights: torch.Tensor, point: Point) -> torch.Tensor:
    """J = ∂(dw)/∂x (weight, input) at a point, at these weights (weight,)."""

    def change(x: torch.Tensor) -> torch.Tensor:
        return changes(loss, weights, x.unsqueeze(0), point.target.unsqueeze(0))[0]

    x = point.inputs
    units = torch.eye(x.numel(), dtype=x.dtype).view(-1, *x.shape)
    return vmap(lambda unit: jvp(change, (x,), (unit,))[1], chunk_size=COLUMNS)(units).mT


def duality(loss: Loss, weights: torch.Tensor, point: Point, directions: int) -> Duality:
    """All singular values of J, and so many pairs of vectors: of each the largest entry of the input's is positive."""
    U, S, Vh = torch.linalg.svd(jacobian(loss, weights, point), full_matrices=False)
    largest = Vh.abs().argmax(1, keepdim=True)
    signs = torch.where(Vh.gather(1, largest) < 0, -1.0, 1.0).to(Vh.dtype)
    # Copies: a network's whole U, for each class, is far larger than what is looked at.
    kept = slice(directions)
    return Duality(point, S, (U * signs.T)[:, kept].clone(), (Vh * signs).T[:, kept].clone())


def along(
    loss: Loss,
    weights: torch.Tensor,
    point: Point,
    direction: torch.Tensor,
    path: torch.Tensor,
    places: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """q(s) = direction · dw(x̄ + s·path) and q'(s) at places s (place,), for directions (weight,) and (input,).

    By forward derivatives of the loss alone: no gradient is held.
    """
    path = path.view(point.inputs.shape)

    def change(s: torch.Tensor) -> torch.Tensor:
        x = point.inputs + s * path
        return -jvp(lambda w: loss(w, x, point.target), (weights,), (direction,))[1]

    def both(s: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        value, slope = jvp(change, (s,), (torch.ones_like(s),))  # type: ignore[misc]
        return value, slope

    return vmap(both, chunk_size=256)(places)
