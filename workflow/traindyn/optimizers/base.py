"""What every optimizer offers."""

from collections.abc import Iterable

import torch
from pydantic import BaseModel, ConfigDict

from traindyn.uncompiled import leave_compiler_out

leave_compiler_out()


class Optimizer(BaseModel):
    """An optimizer's options, and how to build it for stacked parameters.

    Parameters are stacked (seed, replica, *shape). An optimizer that works weight by weight, as most of
    torch.optim do, needs no more than its torch class; one that takes norms or decisions must do so for each
    (seed, replica) on its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """The torch optimizer of the stacked parameters.

        If it has an attribute `evaluates = True`, its step is called with a closure that gives the losses
        (seed, replica) of the parameters as they stand, without gradients.
        """
        raise NotImplementedError

    def check(self, task: object) -> None:
        """Raise InputError where the optimizer cannot work on the task."""
