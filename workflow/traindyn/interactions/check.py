"""Does an interactions plan fit its experiment? Asked before any job starts."""

from __future__ import annotations

from collections.abc import Sequence

from traindyn.config import Experiment, build_component
from traindyn.config.interactions import InteractionsPlan
from traindyn.errors import InputError
from traindyn.interactions.checkpoints import chosen_steps, restorable
from traindyn.interactions.variables import variables
from traindyn.tasks.base import Classification
from traindyn.training.initialisation import skeleton
from traindyn.training.recorded import check_all_recorded


def check(plan: InteractionsPlan, experiment: Experiment, groups: Sequence[str]) -> None:
    """Raise InputError, in one line, where the plan asks for what these groups of the experiment do not have."""
    for label in groups:
        _check_group(plan, experiment, label)


def _check_group(plan: InteractionsPlan, experiment: Experiment, label: str) -> None:
    task = build_component("task", experiment.task_of(label))
    if not isinstance(task, Classification):
        name = experiment.task_of(label).name
        raise InputError(f"group {label} needs a task that classifies images or features; its task is {name}")
    if not task.input_dtype.is_floating_point:
        raise InputError(f"group {label} has inputs that cannot be masked: they are no images or features")
    variables(task.input_shape, plan.grid, plan.margin)
    architecture = experiment.group_labels()[label].architecture
    network = skeleton(build_component("architecture", experiment.architectures[architecture]), task)
    try:
        check_all_recorded(network, experiment.recording)
    except InputError as error:
        raise InputError(f"group {label}: {error}") from error
    if not restorable(network):
        raise InputError(f"group {label}: its network keeps more than weights and statistics of batch normalisation")
    try:
        chosen_steps(experiment.recorded_steps(label), plan.checkpoints)
    except InputError as error:
        raise InputError(f"{error} (group {label})") from error
