"""The step of any optimizer as a map of weights and its own state, and the derivative of that map.

The optimizer's own code is run on dual numbers (forward-mode differentiation), so nothing is written down twice. What
an optimizer remembers of a weight is part of the point that moves: momentum, moment averages, a norm to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.autograd.forward_ad as forward
from torch import nn
from torch.overrides import TorchFunctionMode

from traindyn.errors import InputError
from traindyn.optimizers.base import Optimizer
from traindyn.stability.coordinates import Part, packed, unpacked
from traindyn.training.step import take_step

Gradients = Sequence[torch.Tensor | None]
# Square roots have no derivative at 0, where the averages of a weight stay whose gradients are all exactly 0 (behind
# a dead unit). Its perturbations never reach these averages: from a point this near, the derivative is that limit, and
# nothing else changes in double precision.
NEAR_ZERO = 1e-150


class StepMap:
    """One optimizer step of stacked networks: (weights, state, gradients) -> (weights, state).

    Args:
        plan: the optimizer.
        weights: its parameters, stacked (seed, replica, *shape).
        gradients: at the first step; None for a weight that the loss does not see, which stays as it is.

    Attributes:
        parts: coordinates of a point: all weights first, then the state as it is after a first step.

    Raises:
        InputError: the optimizer works on parts of the weights by different rules.
    """

    def __init__(self, plan: Optimizer, weights: Sequence[torch.Tensor], gradients: Gradients) -> None:
        self._plan = plan
        self._twin = plan.build([nn.Parameter(weight.detach().clone()) for weight in weights])
        if len(self._twin.param_groups) != 1:
            raise InputError(f"{type(plan).__name__}: parameter groups with options of their own cannot be followed")
        self.parts = self._parts(weights, gradients)

    @property
    def weights(self) -> int:
        """Coordinates of a point that are weights."""
        return sum(part.size for part in self.parts if part.key is None)

    def _parts(self, weights: Sequence[torch.Tensor], gradients: Gradients) -> list[Part]:
        losses = weights[0].new_zeros(weights[0].shape[:2])
        _set(self._twin, [weight.detach().clone() for weight in weights], [{} for _ in weights], gradients)
        take_step(self._twin, losses)
        own = [Part(i, None, tuple(weight.shape[2:])) for i, weight in enumerate(weights)]
        for i, weight in enumerate(self._twin.param_groups[0]["params"]):
            state = self._twin.state.get(weight, {})
            own += [Part(i, key, tuple(state[key].shape[2:])) for key in state if _moves(state[key], losses)]
        return own

    def point(self, optimizer: torch.optim.Optimizer) -> torch.Tensor:
        """Where networks are that an optimizer of this kind trains: (seed, replica, coordinate).

        State that the optimizer has not made yet is 0.
        """
        weights = optimizer.param_groups[0]["params"]
        return packed([_tensor(optimizer, weights, part) for part in self.parts], 2)

    def tangents(
        self,
        optimizer: torch.optim.Optimizer,
        gradients: Gradients,
        losses: torch.Tensor,
        perturbations: torch.Tensor,
        of_gradients: Gradients,
    ) -> torch.Tensor:
        """The derivative of the next step in the direction of each perturbation.

        Args:
            optimizer: before that step; left as it is.
            gradients, losses (seed, replica): of its weights as they are.
            perturbations (column, seed, replica, coordinate): of the point.
            of_gradients (column, seed, replica, *shape): what these do to the gradients.

        Returns:
            Perturbations of the next point, of the same shape.

        Raises:
            InputError: the optimizer's step has no forward-mode derivative.
        """
        columns = len(perturbations)
        weights = optimizer.param_groups[0]["params"]
        # Columns are further seeds: optimizers treat every network on its own.
        moved = dict(zip(self.parts, unpacked(perturbations.flatten(0, 1), self.parts), strict=True))
        with forward.dual_level():
            duals = [_dual(_repeated(w, columns), moved[self.parts[i]]) for i, w in enumerate(weights)]
            states = [self._state(i, optimizer.state.get(w, {}), moved, columns) for i, w in enumerate(weights)]
            slopes = [
                None if g is None or dg is None else _dual(_away_from_zero(_repeated(g, columns)), dg.flatten(0, 1))
                for g, dg in zip(gradients, of_gradients, strict=True)
            ]
            _set(self._twin, duals, states, slopes)
            try:
                with _Attached():
                    take_step(self._twin, _repeated(losses, columns))
            except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
                raise InputError(
                    f"{type(self._plan).__name__}: its step cannot be differentiated ({error}); needed are operations "
                    "with forward-mode derivatives, and state kept by the optimizer for each weight"
                ) from error
            after = [_tangent(_tensor(self._twin, duals, part)) for part in self.parts]
        return packed(after, 2).unflatten(0, (columns, -1))

    def _state(
        self, weight: int, state: dict[str, object], moved: dict[Part, torch.Tensor], columns: int
    ) -> dict[str, object]:
        keys = {part.key: part for part in self.parts if part.weight == weight and part.key is not None}
        return {
            key: _dual(_away_from_zero(_repeated(value, columns)), moved[keys[key]])
            if key in keys and isinstance(value, torch.Tensor)
            else value.clone()
            if isinstance(value, torch.Tensor)
            else value
            for key, value in state.items()
        }


class _Attached(TorchFunctionMode):
    """While this is entered, what is cut off from gradients keeps its tangent: a first momentum is such a copy."""

    def __torch_function__(
        self, func: Callable, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in (torch.Tensor.detach, torch.detach, torch.Tensor.data.__get__):  # type: ignore[attr-defined]
            return args[0].view_as(args[0])
        return func(*args, **(kwargs or {}))


def _set(
    optimizer: torch.optim.Optimizer, weights: list[torch.Tensor], states: list[dict], gradients: Gradients
) -> None:
    optimizer.param_groups[0]["params"] = weights
    optimizer.state.clear()
    for weight, state, gradient in zip(weights, states, gradients, strict=True):
        weight.grad = gradient
        if state:
            optimizer.state[weight] = state


def _moves(value: object, losses: torch.Tensor) -> bool:
    """Whether an entry of the state belongs to the point; counters of steps do not."""
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.shape[:2] == losses.shape


def _tensor(optimizer: torch.optim.Optimizer, weights: Sequence[torch.Tensor], part: Part) -> torch.Tensor:
    weight = weights[part.weight]
    if part.key is None:
        return weight
    found = optimizer.state.get(weight, {}).get(part.key)
    return weight.new_zeros((*weight.shape[:2], *part.shape)) if found is None else found


def _repeated(tensor: torch.Tensor, columns: int) -> torch.Tensor:
    """Copies (column · seed, replica, *shape), which the step may change."""
    return tensor.detach().repeat(columns, *[1] * (tensor.ndim - 1))


def _away_from_zero(tensor: torch.Tensor) -> torch.Tensor:
    return torch.where(tensor == 0, NEAR_ZERO, tensor)


def _dual(values: torch.Tensor, tangents: torch.Tensor) -> torch.Tensor:
    return forward.make_dual(values, tangents.to(values.dtype).contiguous())


def _tangent(dual: torch.Tensor) -> torch.Tensor:
    found = forward.unpack_dual(dual).tangent
    return torch.zeros_like(dual) if found is None else found
