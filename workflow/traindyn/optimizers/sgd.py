"""Stochastic gradient descent, with momentum or Nesterov's."""

from collections.abc import Iterable

import torch
from pydantic import Field, model_validator

from traindyn.optimizers.base import Optimizer


class SGD(Optimizer):
    """torch.optim.SGD."""

    lr: float = Field(gt=0, description="learning rate")
    momentum: float = Field(0.0, ge=0, lt=1, description="momentum")
    dampening: float = Field(0.0, ge=0, le=1, description="dampening of the momentum")
    nesterov: bool = Field(False, description="Nesterov momentum")
    weight_decay: float = Field(0.0, ge=0, description="L2 penalty")

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> "SGD":
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError("nesterov needs momentum above 0 and dampening 0")
        return self

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, **self.model_dump())
