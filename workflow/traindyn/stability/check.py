"""Does a stability plan fit its experiment? Asked before any job starts."""

from __future__ import annotations

from collections.abc import Sequence

from traindyn.architectures.mlp import MLP
from traindyn.config import Experiment, build_component
from traindyn.config.stability import StabilityPlan
from traindyn.errors import InputError
from traindyn.optimizers.sgd import SGD
from traindyn.tasks.regression import Regression
from traindyn.training.initialisation import skeleton


def check(plan: StabilityPlan, experiment: Experiment, groups: Sequence[str]) -> None:
    """Raise InputError, in one line, where the plan asks for what these groups of the experiment do not have."""
    for label in groups:
        _check_steps(plan, experiment, label)
        task = build_component("task", experiment.task_of(label))
        group = experiment.group_labels()[label]
        architecture = build_component("architecture", experiment.architectures[group.architecture])
        weights = sum(weight.numel() for weight in skeleton(architecture, task).parameters())
        if plan.exponents > weights and plan.start == 0:
            raise InputError(
                f"exponents = {plan.exponents}: at most {weights}, the weights of group {label}, from step 0 on; "
                "state of the optimizer is there from start: 1"
            )
        if plan.operator == "closed_form":
            optimizer = build_component("optimizer", experiment.optimizers[group.optimizer])
            _check_closed_form(label, task, architecture, optimizer)


def _check_steps(plan: StabilityPlan, experiment: Experiment, label: str) -> None:
    steps, recorded = experiment.training_of(label).steps, experiment.recorded_steps(label)
    stop = steps if plan.stop is None else plan.stop
    if stop > steps:
        raise InputError(f"stop = {stop}: after the last training step {steps} of group {label}")
    if stop - plan.start < plan.report_every:
        raise InputError(f"report_every = {plan.report_every}: group {label} is followed for {stop - plan.start} steps")
    if plan.final_steps > len(recorded):
        raise InputError(f"final_steps = {plan.final_steps}: group {label} records {len(recorded)} steps")
    if plan.replicas > experiment.replicas:
        raise InputError(f"replicas = {plan.replicas}: the experiment has {experiment.replicas}")


def _check_closed_form(label: str, task: object, architecture: object, optimizer: object) -> None:
    if not isinstance(task, Regression):
        raise InputError(f"operator = closed_form: group {label} needs the task regression (squared error)")
    if not (isinstance(architecture, MLP) and len(architecture.hidden) == 1 and architecture.activation != "relu"):
        raise InputError(f"operator = closed_form: group {label} needs an mlp with one hidden layer, smooth activation")
    if not isinstance(optimizer, SGD) or optimizer.momentum:
        raise InputError(f"operator = closed_form: group {label} needs the optimizer sgd without momentum")
