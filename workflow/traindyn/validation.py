"""Checks that need the components themselves: does every part of the configuration fit the others?

The schema (traindyn.config) has already checked every value on its own. Here networks are built without memory
(torch's meta device), so that shapes, layers, delays and modes are known before any job starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch.func import functional_call

from traindyn.claims import claims_of
from traindyn.compare.measures import measure
from traindyn.config import Config, Experiment, build_component, load_config
from traindyn.errors import InputError
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
            _check_figure(name, experiment, notebooks)
            _check_experiment(experiment, networks)
            _check_companions(experiment, notebooks)
    claims_of(config, notebooks.parent)
    return config


def _check_figure(name: str, experiment: Experiment, notebooks: Path) -> None:
    _check_notebook(experiment.figure or name, notebooks)


def _check_notebook(figure: str, notebooks: Path) -> None:
    if not (notebooks / f"{figure}.ipynb").is_file():
        known = ", ".join(sorted(path.stem for path in notebooks.glob("*.ipynb")))
        raise InputError(f"figure: there is no notebook {figure!r}; known: {known}")


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
    for name in experiment.comparison.measures:
        measure(name)
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
        _check_fit(experiment, label, weights)


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


def _check_fit(experiment: Experiment, label: str, weights: int) -> None:
    plan = experiment.koopman_of(label)
    delays = plan.delays if plan.delays is not None else (plan.delays_times_weights or 0) // weights
    steps = _fewest_steps(experiment, label)
    if steps < delays + 2:
        raise InputError(
            f"koopman: {delays} delays need at least {delays + 2} recorded steps in every window, "
            f"the shortest has {steps} (group {label})"
        )
    replicas = experiment.replicas // plan.parts
    if plan.components is not None:
        _check_components(plan.components, weights, replicas * (steps - 1))
        weights = plan.components
    most = min((delays + 1) * weights, replicas * (steps - delays - 1))
    if plan.modes is not None and plan.modes > most:
        raise InputError(
            f"koopman.modes = {plan.modes}: at most {most} for {weights} recorded weights, {delays} delays, "
            f"{replicas} replicas and {steps} steps (group {label})"
        )


def _check_components(components: int, weights: int, snapshots: int) -> None:
    if components > min(weights, snapshots):
        raise InputError(
            f"koopman.components = {components}: at most {min(weights, snapshots)} for {weights} recorded weights "
            f"and {snapshots} snapshots"
        )


def _fewest_steps(experiment: Experiment, label: str) -> int:
    """Recorded steps in the shortest window of a group."""
    recorded, plan = experiment.recorded_steps(label), experiment.koopman_of(label)
    if plan.windows is not None:
        return min(sum(start <= step < stop for step in recorded) for start, stop in plan.windows)
    if isinstance(plan.window_length, int):
        return plan.window_length // recorded.step
    return len(recorded)


@contextmanager
def _key(key: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(f"{key}: {error}") from error
