"""Adam with decoupled weight decay."""

from collections.abc import Iterable

import torch
from pydantic import Field

from traindyn.optimizers.adam import Beta
from traindyn.optimizers.base import Optimizer


class AdamW(Optimizer):
    """torch.optim.AdamW."""

    lr: float = Field(0.001, gt=0, description="learning rate")
    betas: tuple[Beta, Beta] = Field((0.9, 0.999), description="decay of the two moment averages", strict=False)
    eps: float = Field(1e-8, gt=0, description="added to the denominator")
    weight_decay: float = Field(0.01, ge=0, description="decoupled weight decay")

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.AdamW(parameters, **self.model_dump())
