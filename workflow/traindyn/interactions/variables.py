"""Input variables: patches of an image, or groups of features, and inputs with some of them masked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from traindyn.config.interactions import Baseline
from traindyn.errors import InputError


def variables(shape: Sequence[int], grid: Sequence[int], margin: int) -> torch.Tensor:
    """Number of the variable of each value of an input (*shape), −1 for those of none: the margin of an image.

    The grid divides the last axes as evenly as it can; channels of one patch are one variable.

    Raises:
        InputError: if an axis has fewer values than the grid asks for.
    """
    inner = [length - 2 * margin for length in shape[-len(grid) :]] if len(grid) <= len(shape) else []
    if not inner or any(length < parts for length, parts in zip(inner, grid, strict=True)):
        raise InputError(f"grid = {list(grid)}, margin = {margin}: inputs of shape {tuple(shape)} have no such patches")
    number = torch.zeros((1,) * len(grid), dtype=torch.int64)
    for axis, (length, parts) in enumerate(zip(inner, grid, strict=True)):
        place = torch.arange(length) * parts // length
        number = number * parts + place.view([-1 if i == axis else 1 for i in range(len(grid))])
    whole = torch.full(tuple(shape[-len(grid) :]), -1)
    whole[tuple(slice(margin, margin + length) for length in inner)] = number
    return whole.expand(*shape).contiguous()


def baseline(inputs: torch.Tensor, kind: Baseline) -> torch.Tensor:
    """What stands in for masked values (*shape): of training inputs (sample, *shape), or one number."""
    if kind == "mean":
        return inputs.mean(0)
    if kind == "lowest":
        return inputs.amin().expand(inputs.shape[1:])
    return torch.as_tensor(kind, dtype=inputs.dtype).expand(inputs.shape[1:])


def masked(inputs: torch.Tensor, variable: torch.Tensor, baseline: torch.Tensor, masks: np.ndarray) -> torch.Tensor:
    """An input (*shape) under masks (mask,): only the variables whose bits are set keep their values."""
    bits = torch.as_tensor(masks).view(-1, *(1,) * variable.ndim)
    kept = (variable < 0) | ((bits >> variable.clamp(min=0)) & 1).bool()
    return torch.where(kept, inputs, baseline)
