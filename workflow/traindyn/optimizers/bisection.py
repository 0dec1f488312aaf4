"""The bisection method along a segment, as an optimizer of |f|."""

from collections.abc import Callable, Iterable
from typing import Literal

import torch
from pydantic import Field

from traindyn.errors import InputError
from traindyn.optimizers.base import Optimizer


class _Bisection(torch.optim.Optimizer):
    evaluates = True

    def __init__(self, parameters: Iterable[torch.nn.Parameter], at_root: str) -> None:
        super().__init__(parameters, {"at_root": at_root})

    @torch.no_grad()
    def step(self, closure: Callable[[], torch.Tensor]) -> None:  # type: ignore[override]
        sign = torch.sign(closure()).unsqueeze(-1)
        for group in self.param_groups:
            x, lower, upper = group["params"]
            lower.copy_(torch.where(sign < 0, x, lower))
            upper.copy_(torch.where(sign > 0, x, upper))
            rest = torch.zeros_like(x) if group["at_root"] == "zero" else x
            x.copy_(torch.where(sign == 0, rest, (lower + upper) / 2))


class Bisection(Optimizer):
    """Halves a segment from `lower` (f < 0) to `upper` (f > 0) with middle x; needs the architecture `segment`.

    The authors' script leaves its loop as soon as f(x) is exactly 0 in floating point and returns an array whose
    remaining rows are still zero, and the published spectrum contains these rows. `at_root: zero` repeats that;
    `at_root: hold` stays at the root, as a bisection does.
    """

    at_root: Literal["hold", "zero"] = Field("hold", description="where x goes once f(x) is exactly 0")

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        parameters = list(parameters)
        if len(parameters) != 3:
            raise InputError("bisection halves a segment: it needs the architecture segment")
        return _Bisection(parameters, self.at_root)

    def check(self, task: object) -> None:
        if not getattr(task, "changes_sign", False):
            raise InputError("bisection needs a task whose loss changes sign, such as convex with function tan")
