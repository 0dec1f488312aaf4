"""Are recordings long and wide enough for what an experiment fits to them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from traindyn.config import Analysis
from traindyn.errors import InputError
from traindyn.koopman.feasible import check_plan
from traindyn.koopman.runs import Plan


def check_fit(experiment: Analysis, label: str, steps: Sequence[int], replicas: int, weights: int, name: str) -> None:
    """Raise InputError where a plan of this label, or one of its sensitivity, asks for more than is recorded.

    `name` is what the error calls it.
    """
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
