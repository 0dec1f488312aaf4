"""Can a plan be carried out on recordings of this size? Known before anything is read or trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traindyn.errors import InputError
from traindyn.koopman.runs import Plan, number_of_delays
from traindyn.koopman.windows import check_spacing, windows


def check_plan(plan: Plan, steps: Sequence[int], replicas: int, weights: int) -> None:
    """Raise InputError where delays, modes, components, parts or windows do not go with these sizes.

    Args:
        plan: what is to be fitted.
        steps: recorded steps.
        replicas, weights: of the recording.
    """
    recorded = np.asarray(steps)
    ranges = windows(recorded, plan.windows, plan.window_length, plan.window_stride)
    for window in ranges:
        check_spacing(recorded[window.indices], window)
    fewest = min(window.indices.stop - window.indices.start for window in ranges)
    delays = number_of_delays(plan, weights)
    if fewest < delays + 2:
        raise InputError(
            f"koopman: {delays} delays need at least {delays + 2} recorded steps in every window, "
            f"the shortest has {fewest}"
        )
    if plan.parts > replicas:
        raise InputError(f"koopman.parts {plan.parts} exceeds the replicas {replicas}")
    own = replicas // plan.parts
    if plan.components is not None:
        _check_components(plan.components, weights, own * (fewest - 1))
        weights = plan.components
    most = min((delays + 1) * weights, own * (fewest - delays - 1))
    if plan.modes is not None and plan.modes > most:
        raise InputError(
            f"koopman.modes = {plan.modes}: at most {most} for {weights} recorded weights, {delays} delays, "
            f"{own} replicas and {fewest} steps"
        )


def _check_components(components: int, weights: int, snapshots: int) -> None:
    if components > min(weights, snapshots):
        raise InputError(
            f"koopman.components = {components}: at most {min(weights, snapshots)} for {weights} recorded weights "
            f"and {snapshots} snapshots"
        )
