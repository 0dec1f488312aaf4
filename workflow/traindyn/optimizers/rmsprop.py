"""RMSprop."""

from collections.abc import Iterable

import torch
from pydantic import Field

from traindyn.optimizers.base import Optimizer


class RMSprop(Optimizer):
    """torch.optim.RMSprop."""

    lr: float = Field(0.01, gt=0, description="learning rate")
    alpha: float = Field(0.99, ge=0, lt=1, description="decay of the average of squares")
    eps: float = Field(1e-8, gt=0, description="added to the denominator")
    momentum: float = Field(0.0, ge=0, lt=1, description="momentum")
    weight_decay: float = Field(0.0, ge=0, description="L2 penalty")

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.RMSprop(parameters, **self.model_dump())
