"""Projected mirror descent."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field, model_validator

from traindyn.optimizers.base import Optimizer


class MirrorMap(NamedTuple):
    """∇R and its inverse, coordinate by coordinate."""

    gradient: Callable[[torch.Tensor], torch.Tensor]
    inverse: Callable[[torch.Tensor], torch.Tensor]


MIRRORS = {
    "euclidean": MirrorMap(lambda x: x, lambda y: y),
    "log_barrier": MirrorMap(lambda x: -1 / x, lambda y: -1 / y),
    "entropy": MirrorMap(torch.log, torch.exp),
}


class _MirrorDescent(torch.optim.Optimizer):
    def __init__(self, parameters: Iterable[torch.nn.Parameter], defaults: dict[str, Any]) -> None:
        super().__init__(parameters, defaults)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            mirror = MIRRORS[group["mirror"]]
            for x in group["params"]:
                moved = mirror.inverse(mirror.gradient(x) - group["lr"] * x.grad)
                # On a box, the Bregman projection of a separable R is a clip of every coordinate.
                x.copy_(moved.clamp(group["lower"], group["upper"]))


class MirrorDescent(Optimizer):
    """∇R(y) = ∇R(x) − lr·∇f(x), then the Bregman projection onto the box [lower, upper] (online mirror descent).

    The euclidean mirror is projected gradient descent. R: ½‖x‖² (euclidean), −Σ log x (log_barrier),
    Σ x log x − x (entropy). Source: Ghai, Lu & Hazan 2022, "Non-convex online learning via algorithmic equivalence".
    """

    lr: float = Field(gt=0, description="step length")
    mirror: Literal["euclidean", "log_barrier", "entropy"] = Field("euclidean", description="regulariser R")
    lower: float = Field(float("-inf"), description="lower bound of every weight")
    upper: float = Field(float("inf"), description="upper bound of every weight")

    @model_validator(mode="after")
    def _box(self) -> "MirrorDescent":
        if not self.lower < self.upper:
            raise ValueError("lower must be below upper")
        if self.mirror != "euclidean" and not self.lower > 0:
            raise ValueError(f"mirror {self.mirror} needs lower above 0")
        return self

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return _MirrorDescent(parameters, self.model_dump())
