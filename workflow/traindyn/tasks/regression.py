"""Regression of simple functions: squared error."""

from itertools import product
from math import pi
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from pydantic import Field

from traindyn.tasks.base import Data, Points


class Regression(Points):
    """½‖y − t‖² in the mean over samples.

    `sine`: t = sin x_1 + … + sin x_n, at random points of [−π, π]ⁿ, others for testing. `parity`: t = x_1 · … · x_n at
    the 2ⁿ corners of [−1, 1]ⁿ, which are tested too; with two inputs this is exclusive or, on which small networks get
    stuck or not by their initial weights.
    """

    function: Literal["sine", "parity"] = Field(description="the function t of the inputs")
    inputs: int = Field(1, ge=1, le=12, description="number n of inputs")
    samples: int = Field(
        32, ge=1, description="points for training, and as many for testing; parity has its 2ⁿ corners"
    )
    data_seed: int = Field(0, ge=0, description="seed of the draw of the points")

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        assert targets is not None
        return 0.5 * ((outputs - targets) ** 2).sum(-1).mean()

    def load(self, data_dir: Path) -> Data:
        points = self._points()
        targets = (np.sin(points).sum(-1) if self.function == "sine" else points.prod(-1))[:, None]
        inputs, targets = torch.as_tensor(points), torch.as_tensor(targets)
        if self.function == "parity":
            return Data(inputs, targets, inputs, targets)
        train, test = slice(self.samples), slice(self.samples, None)
        return Data(inputs[train], targets[train], inputs[test], targets[test])

    def _points(self) -> np.ndarray:
        if self.function == "parity":
            return np.array(list(product((-1.0, 1.0), repeat=self.inputs)))
        generator = np.random.default_rng(self.data_seed)
        return generator.uniform(-pi, pi, size=(2 * self.samples, self.inputs))
