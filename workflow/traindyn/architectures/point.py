"""The trivial network of convex optimisation: its weights are the point itself."""

from typing import Literal

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import nn

from traindyn.architectures.base import Architecture


def grid(start: float, stop: float, values: int, dimension: int) -> np.ndarray:
    """Nodes (values^dimension, dimension) of the square grid with these values in every coordinate."""
    axes = [np.linspace(start, stop, values)] * dimension
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, dimension)


class _Point(nn.Module):
    def __init__(self, dimension: int, exponential: bool) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.zeros(dimension))
        self.exponential = exponential

    def forward(self, inputs: torch.Tensor | None = None) -> torch.Tensor:
        return torch.exp(self.x) if self.exponential else self.x


class Point(Architecture):
    """A point x, or its logarithm u with x = exp(u), started from every node of a square grid."""

    coordinates: Literal["x", "log"] = Field("x", description="weights are x itself, or u = log x")
    start: float = Field(description="first grid value, in the coordinates of the weights")
    stop: float = Field(description="last grid value")
    values: int = Field(5, ge=1, description="grid values per coordinate; replicas = values^dimension")

    @model_validator(mode="after")
    def _in_domain(self) -> "Point":
        if not np.isfinite([self.start, self.stop]).all():
            raise ValueError("start and stop must be finite")
        return self

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        return _Point(output_size, exponential=self.coordinates == "log")

    def starts(self, output_size: int) -> dict[str, np.ndarray]:
        return {"x": grid(self.start, self.stop, self.values, output_size)}
