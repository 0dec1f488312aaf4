"""One large product where many networks see the same inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.func import vmap
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class SharedInputs(TorchFunctionMode):
    """While this is entered, a linear layer whose inputs are the same for all networks of a vmap copies them for none.

    vmap's own rule repeats the inputs once per network. Here the networks' weights are stacked into those of one wide
    layer instead, forward and, by that, backward. All other calls, and layers with inputs of their own, are as ever.
    """

    def __torch_function__(
        self, func: Callable, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        call = _linear if func is functional.linear else func
        return call(*args, **(kwargs or {}))


def _linear(input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    product = _Product.apply(input, weight)
    return product if bias is None else product + bias


class _Product(torch.autograd.Function):
    """input (…, in), weight (out, in) -> (…, out)."""

    @staticmethod
    def forward(input: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return functional.linear(input, weight)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, torch.Tensor], output: torch.Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        input, weight = ctx.saved_tensors
        to_input = gradient @ weight if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return to_input, None
        return to_input, gradient.reshape(-1, weight.shape[0]).mT @ input.reshape(-1, weight.shape[1])

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, int | None], input: torch.Tensor, weight: torch.Tensor
    ) -> tuple[torch.Tensor, int]:
        if in_dims[0] is not None or in_dims[1] is None:
            return vmap(functional.linear, in_dims=in_dims)(input, weight), 0
        stacked = weight.movedim(in_dims[1], 0)
        # Called anew, since the inputs may be shared over an outer vmap too.
        product = _Product.apply(input, stacked.flatten(0, 1)).unflatten(-1, stacked.shape[:2])
        return product, product.ndim - 2
