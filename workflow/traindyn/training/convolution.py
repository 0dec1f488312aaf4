"""Convolutions of networks with few channels, as matrix products.

PyTorch's own are made for 16 channels and more: for one image channel or six feature maps they take several times as
long, backward above all. Here samples are last in memory, (row, channel, column, sample). With every row shifted as
often as the kernel is wide, the rows that a kernel covers lie one after the other: a row of outputs is one product of
the weights with them, and nothing is copied for the kernel's height.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import torch
from torch.nn import functional


class Window(NamedTuple):
    """Strides and padding of a convolution, each of rows and columns."""

    stride: tuple[int, int]
    padding: tuple[int, int]


class Convolution(torch.autograd.Function):
    """input (*, sample, channel, height, width), weight (*, out, channel, *kernel) -> (*, sample, out, height, width).

    `torch.conv2d` of every network, up to rounding. A vmap over weights alone makes them those of one wide convolution:
    the inputs are shifted once for all networks.
    """

    @staticmethod
    def forward(input: torch.Tensor, weight: torch.Tensor, window: Window) -> torch.Tensor:
        samples, (rows, columns) = input.shape[-4], _size(input, weight, window)
        products = input.new_empty(*weight.shape[:-4], rows, weight.shape[-4], columns * samples)
        for network in _networks(weight):
            covered, kernels = _covered(input[network], weight, window), _matrix(weight[network])
            torch.bmm(kernels.expand(rows, -1, -1), covered, out=products[network])
        return products.unflatten(-1, (columns, samples)).movedim(-1, -4).transpose(-3, -2)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, torch.Tensor, Window], output: torch.Tensor) -> None:
        ctx.save_for_backward(*inputs[:2])
        ctx.window = inputs[2]

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None, None]:
        input, weight = ctx.saved_tensors
        rows = gradient.movedim(-4, -1).transpose(-4, -3)  # as the products of forward
        to_input, to_weight = (
            torch.empty_like(x) if wanted else None
            for x, wanted in zip((input, weight), ctx.needs_input_grad, strict=False)
        )
        for network in _networks(weight):
            own = rows[network].flatten(2)
            if to_weight is not None:
                covered = _covered(input[network], weight, ctx.window)
                to_matrix = torch.bmm(own, covered.mT).sum(0)
                to_weight[network] = to_matrix.unflatten(1, weight.transpose(-3, -2).shape[-3:]).transpose(1, 2)
            if to_input is not None:
                to_input[network] = _to_images(own, weight[network], input.shape[-4:], ctx.window)
        return to_input, to_weight, None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, ...], input: torch.Tensor, weight: torch.Tensor, window: Window
    ) -> tuple[torch.Tensor, int]:
        if in_dims[0] is None and in_dims[1] is not None and weight.ndim == 5:
            stacked = weight.movedim(in_dims[1], 0)
            wide = Convolution.apply(input, stacked.flatten(0, 1), window)
            return wide.unflatten(-3, stacked.shape[:2]), wide.ndim - 3
        stacks = (
            x.expand(info.batch_size, *x.shape) if dim is None else x.movedim(dim, 0)
            for x, dim in zip((input, weight), in_dims, strict=False)
        )
        return Convolution.apply(*stacks, window), 0


def _networks(weight: torch.Tensor) -> product:
    """Places of the networks in the leading dimensions; one empty place where there are none.

    These dimensions lie within others in memory: to make one of them would take a copy.
    """
    return product(*map(range, weight.shape[:-4]))


def _size(input: torch.Tensor, weight: torch.Tensor, window: Window) -> tuple[int, int]:
    """Height and width of the outputs."""
    sides = zip(input.shape[-2:], weight.shape[-2:], *window, strict=True)
    rows, columns = ((side + 2 * padding - kernel) // stride + 1 for side, kernel, stride, padding in sides)
    return rows, columns


def _matrix(kernels: torch.Tensor) -> torch.Tensor:
    """(out, channel, *kernel) -> (out, kernel row · channel · kernel column)."""
    return kernels.transpose(1, 2).flatten(1)


def _covered(images: torch.Tensor, weight: torch.Tensor, window: Window) -> torch.Tensor:
    """What a kernel covers for every row of outputs: (row, kernel row · channel · kernel column, column · sample).

    The rows overlap in memory.
    """
    kernel_rows, kernel_columns = weight.shape[-2:]
    shifted = _padded(images, window.padding).unfold(2, kernel_columns, window.stride[1]).permute(0, 1, 4, 2, 3)
    lines = shifted.contiguous().flatten(1, 2).flatten(2)
    rows = (lines.shape[0] - kernel_rows) // window.stride[0] + 1
    step, line, _ = lines.stride()
    return lines.as_strided((rows, kernel_rows * lines.shape[1], lines.shape[2]), (window.stride[0] * step, line, 1))


def _padded(images: torch.Tensor, padding: tuple[int, int]) -> torch.Tensor:
    """(sample, channel, height, width) -> (row, channel, column, sample), with zeros around the images."""
    rows, columns = padding
    return functional.pad(images.permute(2, 1, 3, 0), (0, 0, columns, columns, 0, 0, rows, rows))


def _to_images(gradient: torch.Tensor, kernels: torch.Tensor, shape: torch.Size, window: Window) -> torch.Tensor:
    """Gradient of the images (sample, channel, height, width) from that of the rows, (row, out, column · sample)."""
    samples, channels, height, width = shape
    (down, right), (above, before) = window
    kernel_rows, kernel_columns = kernels.shape[-2:]
    shifted = gradient.new_zeros(height + 2 * above, channels * kernel_columns, gradient.shape[-1])
    by_row = _matrix(kernels).unflatten(1, (kernel_rows, -1)).permute(1, 2, 0)
    for row, matrix in enumerate(by_row):
        # In place, and so that what a row of the kernel adds is added while it is in the processor's caches.
        shifted[row : row + down * len(gradient) : down].baddbmm_(matrix.expand(len(gradient), -1, -1), gradient)
    shifted = shifted.unflatten(1, (channels, kernel_columns)).unflatten(-1, (-1, samples))
    padded = gradient.new_zeros(height + 2 * above, channels, width + 2 * before, samples)
    for column in range(kernel_columns):
        padded[:, :, column : column + right * shifted.shape[3] : right] += shifted[:, :, column]
    return padded[above : above + height, :, before : before + width].permute(3, 1, 0, 2)
