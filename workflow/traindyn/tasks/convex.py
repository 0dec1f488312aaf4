"""Closed-form convex losses: no data, the network's output is the point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from traindyn.tasks.base import Task

if TYPE_CHECKING:
    import torch

LOSSES = {
    "tan": lambda x: x.tan().sum(-1),
    "square": lambda x: (x * x).sum(-1),
    "quartic": lambda x: (x**4).sum(-1),
}


class Convex(Task):
    """f(x) = Σ tan x_i, Σ x_i² or Σ x_i⁴ (Redman et al., figure 2 and appendix)."""

    function: Literal["tan", "square", "quartic"] = Field(description="the loss f")
    dimension: int = Field(2, ge=1, le=6, description="coordinates of x")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return ()

    @property
    def output_size(self) -> int:
        return self.dimension

    @property
    def changes_sign(self) -> bool:
        """Whether f takes both signs, as root finding needs."""
        return self.function == "tan"

    def recorded_loss(self, loss: torch.Tensor) -> torch.Tensor:
        """|f|, as the paper draws it: root finding sees both signs, and a mean over starts must not cancel."""
        return loss.abs()

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        return LOSSES[self.function](outputs)
