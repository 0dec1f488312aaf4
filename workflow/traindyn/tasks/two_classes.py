"""Two overlapping classes of points, told apart by one output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from traindyn.streams import stream
from traindyn.tasks.base import Data, Points

if TYPE_CHECKING:
    import torch

Levels = Annotated[tuple[float, float], Field(strict=False)]
NOISE = {
    "uniform": lambda generator, shape: generator.uniform(-1, 1, shape),
    "normal": lambda generator, shape: generator.standard_normal(shape),
    "cauchy": lambda generator, shape: generator.standard_cauchy(shape),
}


class TwoClasses(Points):
    """Points x = ±shift + spread · noise, coordinate by coordinate, of two classes that are equally frequent.

    They are the same for all losses and levels. Where the classes overlap, the loss has a minimum at finite weights.
    """

    noise: Literal["uniform", "normal", "cauchy"] = Field(
        "uniform", description="law of the points of a class: uniform on [−1, 1], standard normal, or Cauchy's"
    )
    shift: float = Field(1.0, description="centres of the classes: +shift and −shift in every coordinate")
    spread: float = Field(1.0, gt=0, description="factor of the noise")
    samples: int = Field(1000, ge=2, description="points for training, and as many for testing")
    loss_function: Literal["squared", "cross_entropy"] = Field(
        "squared",
        description="squared: ½(y − t)², t the level of the class; cross_entropy: in nats, of the probability "
        "(y − low) / (high − low), for activations whose values lie between the levels",
    )
    levels: Levels = Field((0.0, 1.0), description="low and high: outputs that stand for the two classes")
    data_seed: int = Field(0, ge=0, description="seed of the draw of the points")

    @model_validator(mode="after")
    def _levels_rise(self) -> Self:
        if not self.levels[0] < self.levels[1]:
            raise ValueError(f"levels {list(self.levels)} must rise")
        return self

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        import torch

        assert targets is not None
        if self.loss_function == "squared":
            return 0.5 * ((outputs - targets) ** 2).sum(-1).mean()
        low, high = self.levels
        right = torch.where(targets > sum(self.levels) / 2, outputs - low, high - outputs) / (high - low)
        return -right.log().sum(-1).mean()

    def accuracy(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        middle = sum(self.levels) / 2
        return ((outputs > middle) == (targets > middle)).to(outputs.dtype).mean()

    def load(self, data_dir: Path) -> Data:
        import torch

        generator = stream(self.data_seed, "two_classes")
        # Both classes in turns: training and test points hold as many of each, to one.
        sides = np.where(np.arange(2 * self.samples) % 2, 1.0, -1.0)
        noise = NOISE[self.noise](generator, (2 * self.samples, self.inputs))
        points = torch.as_tensor(self.shift * sides[:, None] + self.spread * noise)
        low, high = self.levels
        targets = torch.as_tensor(np.where(sides > 0, high, low)[:, None])
        train, test = slice(self.samples), slice(self.samples, None)
        return Data(points[train], targets[train], points[test], targets[test])
