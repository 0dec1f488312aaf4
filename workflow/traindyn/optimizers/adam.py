"""Adam."""

from collections.abc import Iterable
from typing import Annotated

import torch
from pydantic import Field

from traindyn.optimizers.base import Optimizer

Beta = Annotated[float, Field(ge=0, lt=1)]


class Adam(Optimizer):
    """torch.optim.Adam (weight_decay is an L2 penalty)."""

    lr: float = Field(0.001, gt=0, description="learning rate")
    betas: tuple[Beta, Beta] = Field((0.9, 0.999), description="decay of the two moment averages", strict=False)
    eps: float = Field(1e-8, gt=0, description="added to the denominator")
    weight_decay: float = Field(0.0, ge=0, description="L2 penalty")

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, **self.model_dump())
