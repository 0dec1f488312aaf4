"""What fluctuates: changes of single weights, and changes along directions of the duality map, over samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from traindyn.criticality.change_of_variables import Curve, data_density
from traindyn.criticality.duality import Duality, Point, along
from traindyn.criticality.gradients import Loss, blocks, changes

PLACES = 401  # along a curve


@dataclass(frozen=True)
class Fluctuations:
    """Changes q (sample,) of one variable, and the curves from which their density can be predicted, if any.

    kind: `weight` or `direction`; name: of the weight, or the direction's rank.
    """

    kind: str
    name: str
    q: np.ndarray
    curves: list[Curve]


def fluctuations(
    loss: Loss,
    weights: torch.Tensor,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    maps: Sequence[Duality],
    points: Sequence[Point],
    chosen: Sequence[int],
    name: Callable[[int], str],
) -> list[Fluctuations]:
    """Fluctuations of the chosen weights, then along the leading directions, over all samples.

    A sample's change along a direction is taken from the change at the mean of its own class, along the direction of
    that class's map. Predictions are made where the problem has one dimension: for single weights if there is one
    input; for directions always, along the input's own direction, as if the others did not couple.
    """
    single = torch.zeros(len(inputs), len(chosen), dtype=weights.dtype)
    along_maps = torch.zeros(len(inputs), maps[0].weights.shape[1] if maps else 0, dtype=weights.dtype)
    class_of = torch.zeros(len(inputs), dtype=torch.int64)
    for number, point in enumerate(points):
        class_of[point.samples] = number
    for own, dw in blocks(loss, weights, inputs, targets):
        single[own] = dw[:, list(chosen)]
        for number, found in enumerate(maps):
            here = torch.nonzero(class_of[own] == number).flatten()
            along_maps[own][here] = dw[here] @ found.weights
    return [
        *_weights(loss, weights, inputs, points, chosen, single, name),
        *_directions(loss, weights, inputs, maps, along_maps),
    ]


def _weights(
    loss: Loss,
    weights: torch.Tensor,
    inputs: torch.Tensor,
    points: Sequence[Point],
    chosen: Sequence[int],
    q: torch.Tensor,
    name: Callable[[int], str],
) -> list[Fluctuations]:
    found = []
    for place, weight in enumerate(chosen):
        unit = torch.zeros_like(weights)
        unit[weight] = 1
        path = torch.ones_like(inputs[0])
        curves = [_curve(loss, weights, inputs, p, unit, path) for p in points] if inputs[0].numel() == 1 else []
        found.append(Fluctuations("weight", name(weight), q[:, place].numpy(), curves))
    return found


def _directions(
    loss: Loss, weights: torch.Tensor, inputs: torch.Tensor, maps: Sequence[Duality], q: torch.Tensor
) -> list[Fluctuations]:
    found = []
    middles = [changes(loss, weights, m.point.inputs[None], m.point.target[None])[0] @ m.weights for m in maps]
    for k in range(q.shape[1]):
        curves = []
        centred = q[:, k].clone()
        for own, middle in zip(maps, middles, strict=True):
            centred[own.point.samples] -= middle[k]
            curve = _curve(loss, weights, inputs, own.point, own.weights[:, k], own.inputs[:, k])
            curves.append(Curve(curve.s, curve.q - float(middle[k]), curve.slope, curve.density, curve.share))
        found.append(Fluctuations("direction", str(k + 1), centred.numpy(), curves))
    return found


def _curve(
    loss: Loss,
    weights: torch.Tensor,
    inputs: torch.Tensor,
    point: Point,
    direction: torch.Tensor,
    path: torch.Tensor,
) -> Curve:
    """The one-dimensional problem of a point: over the range of the data's coordinate along the path."""
    s = ((inputs[point.samples] - point.inputs).flatten(1) @ path.flatten()).numpy()
    places = np.linspace(s.min(), s.max(), PLACES)
    q, slope = along(loss, weights, point, direction, path, torch.as_tensor(places, dtype=weights.dtype))
    share = len(s) / len(inputs)
    return Curve(places, q.detach().numpy(), slope.detach().numpy(), data_density(s, places), share)
