"""Calls of many small networks at once, done faster than by vmap's own rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from traindyn.training.convolution import Convolution, Window
from traindyn.training.pooling import MaxPooling


class EnsembleRules(TorchFunctionMode):
    """While this is entered, layers are those of `RULES`, which say when they are not; all other calls are as ever.

    Their outputs keep the samples last in memory, (…, network, feature, sample): the next layer's products need no
    copies, and sums over a few classes run along vectors of samples.
    """

    def __torch_function__(
        self, func: Callable, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return RULES.get(func, func)(*args, **(kwargs or {}))


def _linear(input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    rows = _Product.apply(input.reshape(-1, input.shape[-1]), weight)
    outputs = rows if bias is None else rows + bias
    return outputs if input.ndim == 2 else outputs.reshape(*input.shape[:-1], len(weight))


class _Product(torch.autograd.Function):
    """input (*, sample, in), weight (*, out, in) -> (*, sample, out)."""

    @staticmethod
    def forward(input: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        # Faster than weight @ input.mT, a product whose rows are only as long as there are samples.
        return (input @ weight.mT).mT.contiguous().mT

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, torch.Tensor], output: torch.Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        input, weight = ctx.saved_tensors
        to_input = (weight.mT @ gradient.mT).mT if ctx.needs_input_grad[0] else None
        # In the layout of the weights, as the optimizer adds them; autograd's own is the transposed one.
        return to_input, gradient.mT @ input if ctx.needs_input_grad[1] else None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, int | None], input: torch.Tensor, weight: torch.Tensor
    ) -> tuple[torch.Tensor, int]:
        if in_dims[0] is None and in_dims[1] is not None and weight.ndim == 3:
            # The same inputs for all networks: their weights are those of one wide layer. vmap repeats the inputs.
            stacked = weight.movedim(in_dims[1], 0)
            wide = _Product.apply(input, stacked.flatten(0, 1))
            return wide.mT.unflatten(-2, stacked.shape[:2]).mT, wide.ndim - 2
        stacks = (
            x.expand(info.batch_size, *x.shape) if dim is None else x.movedim(dim, 0)
            for x, dim in zip((input, weight), in_dims, strict=True)
        )
        return _Product.apply(*stacks), 0


def _convolution(
    input: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> torch.Tensor:
    plain = groups == 1 and _pair(dilation) == (1, 1) and not isinstance(padding, str)
    if not plain or not _samples_are_last(input):
        return functional.conv2d(input, weight, bias, stride, padding, dilation, groups)
    outputs = Convolution.apply(input, weight, Window(_pair(stride), _pair(padding)))
    return outputs if bias is None else outputs + bias[:, None, None]


def _max_pooling(
    input: torch.Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    apart = stride is None or _pair(stride) == _pair(kernel_size)
    plain = apart and _pair(padding) == (0, 0) and _pair(dilation) == (1, 1) and not ceil_mode and not return_indices
    if not plain or not _samples_are_last(input):
        options: Any = (kernel_size, stride, padding, dilation, ceil_mode, return_indices)
        return functional.max_pool2d(input, *options)
    return MaxPooling.apply(input, _pair(kernel_size))


def _samples_are_last(images: torch.Tensor) -> bool:
    """Whether images lie in memory as an ensemble's layers leave them: another layout would be changed at a cost."""
    return images.ndim == 4 and images.stride(0) == 1 and images.device.type == "cpu"


def _pair(sides: Any) -> tuple[int, int]:
    rows, columns = (sides, sides) if isinstance(sides, int) else sides
    return rows, columns


RULES: Mapping[Callable, Callable] = {
    functional.linear: _linear,
    torch.conv2d: _convolution,
    functional.max_pool2d: _max_pooling,
}
