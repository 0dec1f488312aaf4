"""Maximum pooling of images whose samples are last in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import product
from typing import Any

import torch


class MaxPooling(torch.autograd.Function):
    """Maxima of blocks of pixels that do not overlap: input (*, height, width) -> (*, height / rows, width / columns).

    `torch.max_pool2d` with that stride: rows and columns that fill no block are left out, and of equal maxima the first
    gets the gradient. Written in operations on whole arrays, which keep the layout; PyTorch's goes through single
    pixels.
    """

    @staticmethod
    def forward(input: torch.Tensor, block: tuple[int, int]) -> torch.Tensor:
        first, *others = _pixels(input, block)
        return reduce(torch.maximum, others, first)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, tuple[int, int]], output: torch.Tensor) -> None:
        ctx.save_for_backward(inputs[0], output)
        ctx.block = inputs[1]

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        input, output = ctx.saved_tensors
        whole = all(side % step == 0 for side, step in zip(input.shape[-2:], ctx.block, strict=True))
        found, remaining = torch.empty_like(input) if whole else torch.zeros_like(input), gradient
        least = torch.finfo(input.dtype).smallest_normal
        *pixels, (_, last) = zip(_pixels(input, ctx.block), _pixels(found, ctx.block), strict=True)
        for pixel, place in pixels:
            # What remains, where the pixel is the maximum, and 0 elsewhere: several times as fast as torch.where.
            torch.ops.aten.threshold_backward.grad_input(remaining, pixel - output, -least, grad_input=place)
            remaining = remaining - place
        last.copy_(remaining)
        return found, None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int, None], input: torch.Tensor, block: tuple[int, int]
    ) -> tuple[torch.Tensor, int]:
        return MaxPooling.apply(input.movedim(in_dims[0], 0), block), 0


def _pixels(images: torch.Tensor, block: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Every block's first pixel, every block's second one, …"""
    height, width = (side // step * step for side, step in zip(images.shape[-2:], block, strict=True))
    for row, column in product(*map(range, block)):
        yield images[..., row : height : block[0], column : width : block[1]]
