"""AdamW on a sphere: the norm of the weights stays what it was at the start."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from pydantic import Field

from traindyn.optimizers.adamw import AdamW


class _NormConstrained(torch.optim.AdamW):
    def __init__(self, parameters: Iterable[torch.nn.Parameter], initial_scale: float, options: dict[str, Any]) -> None:
        super().__init__(parameters, **options)
        with torch.no_grad():
            for weights in self._weights():
                weights.mul_(initial_scale)

    def _weights(self) -> list[torch.nn.Parameter]:
        return [weights for group in self.param_groups for weights in group["params"]]

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        weights = self._weights()
        radius = self.state[weights[0]].get("radius") if weights[0] in self.state else None
        if radius is None:
            radius = network_norms(weights)
        result = super().step(closure)
        # With the rest of the state, where whoever follows the optimizer finds it; AdamW makes that in its first step.
        self.state[weights[0]]["radius"] = radius
        factor = radius / network_norms(weights)
        for stacked in weights:
            stacked.mul_(factor.to(stacked.dtype).reshape(*factor.shape, *[1] * (stacked.ndim - 2)))
        return result


def network_norms(weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """Euclidean norm (seed, replica) of each network's whole parameter vector, summed in double precision."""
    parts = [torch.linalg.vector_norm(w.flatten(2), dim=2, dtype=torch.float64) for w in weights]
    return torch.linalg.vector_norm(torch.stack(parts), dim=0)


class NormConstrained(AdamW):
    """AdamW from initial weights times `initial_scale`, each network scaled back to its initial norm after every step.

    The norm is that of all weights and biases together. A small constant norm takes grokking's delay away
    (Liu, Michaud & Tegmark 2023, "Omnigrok"; Redman et al. 2024, section 4.4).
    """

    weight_decay: float = Field(0.0, ge=0, description="decoupled weight decay")
    initial_scale: float = Field(0.8, gt=0, description="factor of the initial weights, perturbed replicas included")

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return _NormConstrained(parameters, self.initial_scale, self.model_dump(exclude={"initial_scale"}))
