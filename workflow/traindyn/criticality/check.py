"""Does a criticality plan fit its experiment? Asked before any job starts."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import nn

from traindyn.config import Experiment, build_component
from traindyn.config.criticality import CriticalityPlan
from traindyn.errors import InputError
from traindyn.tasks.base import Task
from traindyn.training.initialisation import skeleton
from traindyn.training.recorded import check_all_recorded


def check(plan: CriticalityPlan, experiment: Experiment, groups: Sequence[str]) -> None:
    """Raise InputError, in one line, where the plan asks for what these groups of the experiment do not have."""
    if plan.replicas > experiment.replicas:
        raise InputError(f"replicas = {plan.replicas}: the experiment has {experiment.replicas}")
    for label in groups:
        recorded = experiment.recorded_steps(label)
        for step in plan.steps:
            if step not in recorded:
                every = f" in steps of {recorded.step}" if recorded.step > 1 else ""
                raise InputError(
                    f"steps: {step} is not recorded; group {label} has {recorded[0]} to {recorded[-1]}{every}"
                )
        task: Task = build_component("task", experiment.task_of(label))
        group = experiment.group_labels()[label]
        network = skeleton(build_component("architecture", experiment.architectures[group.architecture]), task)
        _check_task(plan, task, label)
        _check_network(plan, experiment, network, label)


def _check_task(plan: CriticalityPlan, task: Task, label: str) -> None:
    if not task.has_data:
        raise InputError(f"group {label}: the task has no data, hence no fluctuations")
    if plan.directions and not task.input_dtype.is_floating_point:
        raise InputError(f"directions = {plan.directions}: inputs of group {label} are tokens; must be 0")
    if plan.directions > prod(task.input_shape):
        inputs = prod(task.input_shape)
        raise InputError(f"directions = {plan.directions}: at most {inputs}, the numbers in an input of group {label}")


def _check_network(plan: CriticalityPlan, experiment: Experiment, network: nn.Module, label: str) -> None:
    weights = sum(weight.numel() for weight in network.parameters())
    try:
        check_all_recorded(network, experiment.recording)
    except InputError as error:
        raise InputError(f"group {label}: {error}") from error
    if next(network.buffers(), None) is not None:
        raise InputError(f"group {label}: the network has buffers (batch normalisation), which recordings do not hold")
    for name in ("weights", "directions"):
        if getattr(plan, name) > weights:
            raise InputError(f"{name} = {getattr(plan, name)}: at most {weights}, the weights of group {label}")
