"""What of a network is recorded: parameters chosen by name, or random projections of them."""

from collections.abc import Callable, Mapping
from math import prod

import numpy as np
import torch
from torch import nn

from traindyn.config import RecordingPlan
from traindyn.errors import InputError
from traindyn.recording.choice import chosen
from traindyn.recording.projection import projector

Record = Callable[[Mapping[str, torch.Tensor]], np.ndarray]


def recorded_layers(network: nn.Module, plan: RecordingPlan) -> dict[str, int]:
    """Layer → number of recorded values, in the order of the recording's weight dimension.

    Layers are the parameters that the plan chooses; a projection of them is the one layer `projection`.

    Raises:
        InputError: if a pattern matches nothing, or there are more projections than weights.
    """
    layers = chosen_parameters(network, plan.layers)
    if plan.projection is None:
        return layers
    dimension, weights = plan.projection.dimension, sum(layers.values())
    if dimension > weights:
        raise InputError(f"recording.projection.dimension = {dimension}: must be at most {weights}, the chosen weights")
    return {"projection": dimension}


def chosen_parameters(network: nn.Module, patterns: list[str]) -> dict[str, int]:
    """Parameter name → number of weights, for the parameters that match a pattern, in the network's order.

    Raises:
        InputError: if a pattern matches nothing.
    """
    sizes = {name: prod(p.shape) for name, p in network.named_parameters()}
    return chosen(sizes, patterns, "recording.layers")


def check_all_recorded(network: nn.Module, plan: RecordingPlan) -> None:
    """Raise InputError unless recordings hold every weight as it is: then they can be made networks again."""
    everything = [name for name, _ in network.named_parameters()]
    if plan.projection is not None or list(chosen_parameters(network, plan.layers)) != everything:
        raise InputError('all weights must be recorded (recording.layers: ["*"], no projection)')


def recorder(network: nn.Module, plan: RecordingPlan, root_seed: int) -> Record:
    """Stacked parameters → what is recorded of them, (seed, replica, weight) in the recording's precision."""
    layers, values = chosen_parameters(network, plan.layers), recorded_values(network, plan, root_seed)
    return lambda parameters: values(flat_weights(parameters, layers).numpy())


def recorded_values(network: nn.Module, plan: RecordingPlan, root_seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """The chosen weights (seed, replica, weight), flat → what is recorded of them."""
    weights = sum(chosen_parameters(network, plan.layers).values())
    project = None if plan.projection is None else projector(weights, plan.projection.dimension, root_seed)

    def record(weights: np.ndarray) -> np.ndarray:
        values = weights if project is None else project(weights)
        # What overflows in the recording's precision becomes infinite, and is noted as a divergence.
        with np.errstate(over="ignore"):
            return values.astype(plan.dtype, copy=False)

    return record


def flat_weights(parameters: Mapping[str, torch.Tensor], layers: Mapping[str, int]) -> torch.Tensor:
    """The chosen weights (seed, replica, weight) of stacked parameters."""
    return torch.cat([parameters[name].detach().flatten(2) for name in layers], dim=2)


def by_name(weights: torch.Tensor, shapes: Mapping[str, torch.Size]) -> dict[str, torch.Tensor]:
    """All weights (weight,) of one network, flat in its order, as parameters of these shapes."""
    parts = weights.split([shape.numel() for shape in shapes.values()])
    return {name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
