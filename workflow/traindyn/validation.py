"""Checks that need the components themselves: does every part of the configuration fit the others?

The schema (traindyn.config) has already checked every value on its own. Here networks are built without memory
(torch's meta device), so that shapes, layers, delays and modes are known before any job starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import torch
from torch.func import functional_call

from traindyn.bringing.check import headers
from traindyn.claims import claims_of
from traindyn.compare.measures import measure
from traindyn.config import Analysis, Brought, Config, Experiment, build_component, load_config
from traindyn.errors import InputError
from traindyn.koopman.feasible import check_plan
from traindyn.koopman.runs import Plan
from traindyn.training.initialisation import check_starts, skeleton
from traindyn.training.recorded import recorded_layers

# Architecture, task and replicas → network: thousands of groups may share a few.
Networks = dict[tuple[str, str, int], torch.nn.Module]


def validate(raw: Mapping[str, Any], notebooks: Path, source: str = "configuration") -> Config:
    """The checked configuration. `notebooks` is the folder of that name in the repository.

    Raises:
        InputError: one line naming the first wrong key, its value and what is allowed.
    """
    config = load_config(raw, source)
    networks: Networks = {}
    for name, experiment in config.experiments.items():
        with _key(f"{source}: experiments.{name}"):
            if experiment.compared:
                _check_notebook(experiment.figure or name, notebooks)
            for each in experiment.comparison.measures:
                measure(each)
            _check_sensitivity(experiment)
            if isinstance(experiment, Experiment):
                _check_experiment(experiment, networks)
                _check_companions(experiment, notebooks)
            else:
                _check_brought(experiment)
    claims_of(config, notebooks.parent)
    return config


def _check_notebook(figure: str, notebooks: Path) -> None:
    if not (notebooks / f"{figure}.ipynb").is_file():
        known = ", ".join(sorted(path.stem for path in notebooks.glob("*.ipynb")))
        raise InputError(f"figure: there is no notebook {figure!r}; known: {known}")


def _check_sensitivity(experiment: Analysis) -> None:
    if experiment.sensitivity is not None:
        with _key("sensitivity"):
            for each in experiment.sensitivity.measures_of(experiment.comparison):
                measure(each)


def _check_companions(experiment: Experiment, notebooks: Path) -> None:
    """What each system has to say of its plan. Its room offers `check(plan, experiment, groups)`."""
    for system, plan in experiment.companions().items():
        with _key(system):
            _check_notebook(system, notebooks)
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
        with _key(f"groups.{label}"):
            optimizer = build_component("optimizer", experiment.optimizers[group.optimizer])
            optimizer.check(task)
            optimizer.build(network.parameters())
        weights = sum(recorded_layers(network, experiment.recording).values())
        steps = experiment.recorded_steps(label)
        _check_fit(experiment, label, steps, experiment.replicas, weights, f"group {label}")


def _network(experiment: Experiment, label: str, task: Any) -> torch.nn.Module:
    """The network on the meta device, after one forward pass there has shown that it fits the task."""
    with _key(f"architectures.{label}"):
        architecture = build_component("architecture", experiment.architectures[label])
        try:
            network = skeleton(architecture, task)
            inputs = torch.zeros((2, *task.input_shape), dtype=task.input_dtype, device="meta")
            outputs = functional_call(network, dict(network.named_parameters()), (inputs,))
        except InputError:
            raise
        except Exception as error:  # whatever torch says of shapes that do not go together
            raise InputError(f"does not fit the task (inputs {task.input_shape}): {error}") from error
        if outputs.shape[-1] != task.output_size:
            raise InputError(f"has {outputs.shape[-1]} outputs, the task needs {task.output_size}")
        check_starts(architecture, task, experiment.replicas)
        return network


def _check_brought(experiment: Brought) -> None:
    for (label, seed), (steps, replicas, weights) in headers(experiment).items():
        _check_fit(experiment, label, steps, replicas, weights, f"{label}, seed {seed}")


def _check_fit(experiment: Analysis, label: str, steps: Sequence[int], replicas: int, weights: int, name: str) -> None:
    # In a group's own plan the length of windows is a number.
    koopman = experiment.koopman_of(label)
    plans = [("", koopman)]
    if experiment.sensitivity is not None:
        plans += [("sensitivity: ", setting.plan) for setting in experiment.sensitivity.settings(koopman)]
    for key, plan in plans:
        try:
            check_plan(cast(Plan, plan), steps, replicas, weights)
        except InputError as error:
            raise InputError(f"{key}{error} ({name})") from error


@contextmanager
def _key(key: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(f"{key}: {error}") from error
