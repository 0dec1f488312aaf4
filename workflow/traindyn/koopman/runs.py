"""All fits of one recording: every seed and window, and the parts of a single seed's replicas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.koopman.dmd import Fit, fit
from traindyn.koopman.parts import split
from traindyn.koopman.table import Row
from traindyn.koopman.windows import Window, windows


class Plan(Protocol):
    """What to fit: delays, or delays × weights; windows as ranges, or as a length and a stride."""

    @property
    def delays(self) -> int | None: ...
    @property
    def delays_times_weights(self) -> int | None: ...
    @property
    def modes(self) -> int | None: ...
    @property
    def centre(self) -> bool: ...
    @property
    def windows(self) -> list[tuple[int, int]] | None: ...
    @property
    def window_length(self) -> int | None: ...
    @property
    def window_stride(self) -> int | None: ...
    @property
    def parts(self) -> int: ...


class Recording(Protocol):
    """What is fitted: weight trajectories by seed."""

    @property
    def seeds(self) -> NDArray[np.integer]: ...
    @property
    def steps(self) -> NDArray[np.integer]: ...
    @property
    def replicas(self) -> int: ...
    @property
    def weights(self) -> int: ...
    @property
    def path(self) -> object: ...
    def trajectories(self, seed: int) -> NDArray[np.floating]: ...
    def diverged(self, seed: int) -> bool: ...


def fit_recording(recording: Recording, plan: Plan, log: Callable[[str], None], root_seed: int = 0) -> list[Row]:
    """Fit every seed in every window; a single seed also by parts of its replicas, if planned.

    Args:
        recording: weight trajectories; a seed that diverged gets no fit, and a line in the log.
        plan: what to fit; parts of 0 or 1 mean no parts.
        log: called with one line per fit.
        root_seed: root of the random stream that draws the parts.

    Raises:
        InputError: steps not equally spaced within a window, and all that `windows`, `split` and `fit` raise,
            with the recording's path.
    """
    try:
        return _fit_all(recording, plan, log, root_seed)
    except InputError as error:
        if str(error).startswith(str(recording.path)):
            raise
        raise InputError(f"{recording.path}: {error}") from error


def _fit_all(recording: Recording, plan: Plan, log: Callable[[str], None], root_seed: int) -> list[Row]:
    ranges = windows(recording.steps, plan.windows, plan.window_length, plan.window_stride)
    for window in ranges:
        _check_spacing(recording.steps[window.indices], window)
    delays, groups = number_of_delays(plan, recording.weights), _groups(recording, plan, root_seed)
    seeds = _finite_seeds(recording, log)
    left = len(seeds) * len(ranges) * len(groups)
    rows = []
    for seed in seeds:
        trajectories = recording.trajectories(seed)
        for window, (resample, replicas) in product(ranges, groups):
            name = f"seed {seed}, steps [{window.start}, {window.stop})"
            name += "" if resample < 0 else f", part {resample}"
            found = _fit_one(name, trajectories[replicas, window.indices], delays, plan)
            rows.append(Row(seed, window, resample, found))
            left -= 1
            log(f"{name}: {found.note}; {left} fits remain")
    return rows


def number_of_delays(plan: Plan, weights: int) -> int:
    """The plan's delays, or as many as keep delays × weights constant over recordings (rounded down).

    Raises:
        InputError: both or neither are given.
    """
    if (plan.delays is None) == (plan.delays_times_weights is None):
        raise InputError("delays, delays_times_weights: give one of the two")
    if plan.delays is not None:
        return plan.delays
    assert plan.delays_times_weights is not None
    return plan.delays_times_weights // weights


def _fit_one(name: str, trajectories: NDArray[np.floating], delays: int, plan: Plan) -> Fit:
    try:
        return fit(trajectories, delays, plan.modes, centre=plan.centre)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def _check_spacing(steps: NDArray[np.integer], window: Window) -> None:
    spacings = np.unique(np.diff(steps))
    if len(spacings) > 1:
        raise InputError(
            f"window [{window.start}, {window.stop}): recorded steps are {spacings[0]} to {spacings[-1]} "
            "apart, they must be equally spaced"
        )


def _groups(recording: Recording, plan: Plan, root_seed: int) -> list[tuple[int, slice | NDArray[np.intp]]]:
    """All replicas (-1), and the parts that stand in for seeds where there is only one."""
    everything: list[tuple[int, slice | NDArray[np.intp]]] = [(-1, slice(None))]
    if plan.parts <= 1 or len(recording.seeds) != 1:
        return everything
    return everything + list(enumerate(split(recording.replicas, plan.parts, root_seed)))


def _finite_seeds(recording: Recording, log: Callable[[str], None]) -> list[int]:
    seeds = [int(seed) for seed in recording.seeds]
    diverged = [seed for seed in seeds if recording.diverged(seed)]
    for seed in diverged:
        log(f"seed {seed}: diverged, it gets no spectrum")
    return [seed for seed in seeds if seed not in diverged]
