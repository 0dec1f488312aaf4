"""The Hessian of a network with one hidden layer, and its tangent operator under gradient descent, in closed form.

z¹ = W¹x̃, a = f(z¹), z² = W²ã, y = g(z²), loss ½‖y − t‖² in the mean over samples; x̃ and ã end in a 1 where layers have
biases. Derived here from these equations (the paper, arXiv:2405.00743, was not at hand), for any widths and any twice
differentiable f and g.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch.func import jvp

Elementwise = Callable[[torch.Tensor], torch.Tensor]


class ThreeLayer(NamedTuple):
    """Stacked networks: hidden (…, hidden, inputs) and output (…, outputs, hidden) weights, biases (…, units) or None.

    activation, readout: f and g, element by element.
    """

    hidden: torch.Tensor
    hidden_bias: torch.Tensor | None
    output: torch.Tensor
    output_bias: torch.Tensor | None
    activation: Elementwise
    readout: Elementwise


def derivatives(function: Elementwise, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """f(z), f'(z), f''(z), element by element."""
    ones = torch.ones_like(z)

    def slope(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        value, first = cast(Any, jvp(function, (z,), (ones,)))
        return first, value

    first, second, value = cast(Any, jvp(slope, (z,), (ones,), has_aux=True))
    return value, first, second


def hessian(network: ThreeLayer, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Hessian (…, weight, weight) of the mean loss over inputs (…, sample, inputs) and targets (…, sample, outputs).

    Weights are in the order hidden, hidden_bias, output, output_bias, each row by row.
    """
    x = _with_one(inputs, network.hidden_bias)
    a, f1, f2 = derivatives(network.activation, _affine(inputs, network.hidden, network.hidden_bias))
    y, g1, g2 = derivatives(network.readout, _affine(a, network.output, network.output_bias))
    a = _with_one(a, network.output_bias)
    error = y - targets
    delta, D = error * g1, g1**2 + error * g2
    W = network.output
    samples, hidden, outputs = inputs.shape[-2], W.shape[-1], W.shape[-2]
    # ∂²/∂W²_kj ∂W²_k'j'
    upper = torch.einsum("...sk,...sj,...si->...kji", D, a, a)
    output = torch.einsum("...kji,kl->...kjli", upper, torch.eye(outputs, dtype=a.dtype))
    # ∂²/∂W²_kj ∂W¹_li: δ_jl where ã_j is a unit, not the 1 of the bias
    unit = torch.eye(a.shape[-1], hidden, dtype=a.dtype)
    mixed = torch.einsum("...sk,...kl,...sl,...sj,...si->...kjli", D, W, f1, a, x)
    mixed = mixed + torch.einsum("...sk,...sl,jl,...si->...kjli", delta, f1, unit, x)
    # ∂²/∂W¹_ji ∂W¹_li'
    curved = torch.einsum("...sk,...kj,...kl,...sj,...sl->...sjl", D, W, W, f1, f1)
    bent = torch.einsum("...sj,...sk,...kj->...sj", f2, delta, W)
    inner = torch.einsum("...sjl,...si,...sm->...jilm", curved + torch.diag_embed(bent), x, x)
    blocks = [inner.flatten(-4, -3).flatten(-2), mixed.flatten(-4, -3).flatten(-2), output.flatten(-4, -3).flatten(-2)]
    whole = torch.cat([torch.cat([blocks[0], blocks[1].mT], dim=-1), torch.cat([blocks[1], blocks[2]], dim=-1)], dim=-2)
    order = _order(network)
    return whole[..., order, :][..., order] / samples


def tangent_operator(network: ThreeLayer, inputs: torch.Tensor, targets: torch.Tensor, lr: float) -> torch.Tensor:
    """T = I − lr·H (…, weight, weight): what a step of gradient descent makes of small perturbations."""
    H = hessian(network, inputs, targets)
    return torch.eye(H.shape[-1], dtype=H.dtype) - lr * H


def _affine(inputs: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    product = inputs @ weights.mT
    return product if bias is None else product + bias.unsqueeze(-2)


def _with_one(values: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    return values if bias is None else torch.cat([values, torch.ones_like(values[..., :1])], dim=-1)


def _order(network: ThreeLayer) -> torch.Tensor:
    """Places, in the matrices (W¹ b¹) and (W² b²) row by row, of W¹, b¹, W², b²."""
    found, start = [], 0
    for weights, bias in ((network.hidden, network.hidden_bias), (network.output, network.output_bias)):
        rows, columns = weights.shape[-2:]
        width = columns + (bias is not None)
        places = torch.arange(start, start + rows * width).reshape(rows, width)
        found += [places[:, :columns].flatten(), places[:, columns:].flatten()]
        start += rows * width
    return torch.cat(found)
