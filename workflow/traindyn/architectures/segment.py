"""A segment that is to be halved: the network of root finding."""

from typing import Annotated

import numpy as np
import torch
from pydantic import Field
from torch import nn

from traindyn.architectures.base import Architecture
from traindyn.architectures.point import grid

Range = Annotated[tuple[float, float], Field(strict=False)]


class _Segment(nn.Module):
    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.zeros(dimension))
        self.lower = nn.Parameter(torch.zeros(dimension))
        self.upper = nn.Parameter(torch.zeros(dimension))

    def forward(self, inputs: torch.Tensor | None = None) -> torch.Tensor:
        return self.x


class Segment(Architecture):
    """A segment between two points, weights `lower` and `upper`, and its middle `x`, which is the output.

    The ends start on the nodes of two square grids, node by node.
    """

    lower: Range = Field(description="first and last grid value of the lower end, in every coordinate")
    upper: Range = Field(description="first and last grid value of the upper end")
    values: int = Field(5, ge=1, description="grid values per coordinate; replicas = values^dimension")

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        return _Segment(output_size)

    def starts(self, output_size: int) -> dict[str, np.ndarray]:
        lower = grid(*self.lower, self.values, output_size)
        upper = grid(*self.upper, self.values, output_size)
        return {"x": (lower + upper) / 2, "lower": lower, "upper": upper}
