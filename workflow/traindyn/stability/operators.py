"""One step's tangent operator, applied to perturbations: by products for any optimizer, or in closed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from traindyn.config import TrainingJob, build_component
from traindyn.optimizers.sgd import SGD
from traindyn.stability.coordinates import unpacked
from traindyn.stability.hessian import Gradients, hessian_products
from traindyn.stability.step_map import StepMap
from traindyn.stability.three_layer import ThreeLayer, tangent_operator


@dataclass(frozen=True)
class Moment:
    """A block of networks before a step.

    parameters: stacked (seed, replica, *shape); optimizer: theirs; losses (seed, replica); slopes: gradients that can
    be differentiated again, in the parameters' order; inputs, targets: the batch, (sample, …) or (seed, sample, …).
    """

    parameters: Mapping[str, torch.Tensor]
    optimizer: torch.optim.Optimizer
    losses: torch.Tensor
    slopes: Gradients
    inputs: torch.Tensor | None
    targets: torch.Tensor | None


class Products:
    """Jacobian-vector products of the optimizer's step: Hessian-vector products, then the step's own derivative.

    Attributes:
        weights, size: coordinates of a point that are weights, and all, with the optimizer's state.
    """

    def __init__(self, job: TrainingJob, moment: Moment, *, together: bool) -> None:
        weights = list(moment.parameters.values())
        self._map = StepMap(build_component("optimizer", job.optimization), weights, _detached(moment.slopes))
        self._together = together
        self.weights, self.size = self._map.weights, sum(part.size for part in self._map.parts)

    def __call__(self, moment: Moment, Q: torch.Tensor) -> torch.Tensor:
        """A_t Q (seed, replica, coordinate, column) of perturbations Q of the same shape."""
        perturbations = Q.movedim(-1, 0)
        # Large networks: one column after the other, so that memory does not grow with them.
        pieces = [perturbations] if self._together else perturbations.split(1)
        return torch.cat([self._columns(moment, piece) for piece in pieces]).movedim(0, -1)

    def _columns(self, moment: Moment, perturbations: torch.Tensor) -> torch.Tensor:
        weights, slopes = list(moment.parameters.values()), _detached(moment.slopes)
        moved = unpacked(perturbations[..., : self.weights], self._map.parts[: len(weights)])
        products = hessian_products(moment.slopes, weights, moved, together=self._together)
        return self._map.tangents(moment.optimizer, slopes, moment.losses.detach(), perturbations, products)


class ClosedForm:
    """I − lr·(H + weight decay) of networks with one hidden layer under squared error. Attributes as `Products`."""

    def __init__(self, job: TrainingJob, moment: Moment, activation: Callable[[torch.Tensor], torch.Tensor]) -> None:
        plan: SGD = build_component("optimizer", job.optimization)
        self._lr, self._decay, self._activation = plan.lr, plan.weight_decay, activation
        self.weights = self.size = sum(w[0, 0].numel() for w in moment.parameters.values())

    def __call__(self, moment: Moment, Q: torch.Tensor) -> torch.Tensor:
        """As of `Products`."""
        assert moment.inputs is not None
        assert moment.targets is not None
        own = moment.parameters
        network = ThreeLayer(
            own["hidden1.weight"].detach(),
            own["hidden1.bias"].detach() if "hidden1.bias" in own else None,
            own["output.weight"].detach(),
            own["output.bias"].detach() if "output.bias" in own else None,
            self._activation,
            lambda z: z,
        )
        inputs, targets = (_by_network(x) for x in (moment.inputs, moment.targets))
        T = tangent_operator(network, inputs, targets, self._lr)
        return T @ Q - self._lr * self._decay * Q


def _by_network(samples: torch.Tensor) -> torch.Tensor:
    """Samples (sample, value), or those of each seed (seed, 1, sample, value) for all of its replicas."""
    return samples if samples.ndim == 2 else samples.unsqueeze(1)


def _detached(slopes: Gradients) -> Gradients:
    return [None if slope is None else slope.detach() for slope in slopes]
