"""Do the components of an experiment fit each other? Its networks are built, which needs torch.

The schema (traindyn.config) has already checked every value on its own. Here shapes, layers, delays and modes are known
before any job starts.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch

from traindyn.config import Experiment, build_component
from traindyn.errors import InputError, under
from traindyn.training.initialisation import check_starts, skeleton
from traindyn.training.recorded import recorded_layers
from traindyn.validation.fits import check_fit

# Architecture, task and replicas → network: thousands of groups may share a few.
Networks = dict[tuple[str, str, int], torch.nn.Module]


def check_components(experiment: Experiment, networks: Networks) -> None:
    """Build what a training needs, and ask every companion system what it has to say of its plan.

    Args:
        experiment: whose components these are.
        networks: those that were built before, to be filled.

    Raises:
        InputError: one line naming the first wrong key, its value and what is allowed.
    """
    _check_experiment(experiment, networks)
    for system, plan in experiment.companions().items():
        with under(system):
            # Its room offers `check(plan, experiment, groups)`.
            import_module(f"traindyn.{system}.check").check(plan, experiment, plan.groups or experiment.group_labels())


def _check_experiment(experiment: Experiment, networks: Networks) -> None:
    if experiment.koopman.parts > 1 and experiment.seeds > 1:
        parts, seeds = experiment.koopman.parts, experiment.seeds
        raise InputError(f"koopman.parts = {parts}: only for a single seed, seeds = {seeds}")
    build_component("task", experiment.task, "task")
    for kind, components in (("architecture", experiment.architectures), ("optimizer", experiment.optimizers)):
        for label, component in components.items():
            build_component(kind, component, f"{kind}s.{label}")  # type: ignore[arg-type]
    for label, group in experiment.group_labels().items():
        key = "task" if group.task is None else f"groups.{label}.task"
        task = build_component("task", experiment.task_of(label), key)
        if experiment.training.test_every is not None and not task.has_data:
            raise InputError(f"training.test_every: the {key} has no test data; leave it null")
        wanted = (repr(experiment.architectures[group.architecture]), repr(task), experiment.replicas)
        if wanted not in networks:
            networks[wanted] = _network(experiment, group.architecture, task)
        network = networks[wanted]
        with under(f"groups.{label}"):
            optimizer = build_component("optimizer", experiment.optimizers[group.optimizer])
            optimizer.check(task)
            optimizer.build(network.parameters())
        weights = sum(recorded_layers(network, experiment.recording).values())
        steps = experiment.recorded_steps(label)
        check_fit(experiment, label, steps, experiment.replicas, weights, f"group {label}")


def _network(experiment: Experiment, label: str, task: Any) -> torch.nn.Module:
    """The network, after one forward pass has shown that it fits the task."""
    with under(f"architectures.{label}"):
        architecture = build_component("architecture", experiment.architectures[label])
        try:
            network = skeleton(architecture, task)
            with torch.no_grad():
                outputs = network(torch.zeros((2, *task.input_shape), dtype=task.input_dtype))
        except InputError:
            raise
        except Exception as error:  # whatever torch says of shapes that do not go together
            raise InputError(f"does not fit the task (inputs {task.input_shape}): {error}") from error
        if outputs.shape[-1] != task.output_size:
            raise InputError(f"has {outputs.shape[-1]} outputs, the task needs {task.output_size}")
        check_starts(architecture, task, experiment.replicas)
        return network
