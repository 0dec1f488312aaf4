"""All fits of one recording: every seed and window, and the parts of a single seed's replicas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.koopman.dmd import MEMORY_BYTES, fit_each
from traindyn.koopman.hankel import Trajectories
from traindyn.koopman.parts import split
from traindyn.koopman.shared_pass import with_products
from traindyn.koopman.table import Row
from traindyn.koopman.windows import Window, check_spacing, windows


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
    @property
    def components(self) -> int | None: ...


class Recording(Protocol):
    """What is fitted: weight trajectories by seed, read block by block."""

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
    def select(self, seed: int, replicas: slice | NDArray[np.intp], steps: slice) -> Trajectories: ...
    def diverged(self, seed: int) -> bool: ...


def fit_recording(
    recording: Recording,
    plan: Plan,
    log: Callable[[str], None],
    root_seed: int = 0,
    memory_bytes: int = MEMORY_BYTES,
    *,
    unlagged: Recording | None = None,
) -> list[Row]:
    """Fit every seed in every window; a single seed also by parts of its replicas, if planned.

    Args:
        recording: weight trajectories; a seed that diverged gets no fit, and a line in the log.
        plan: what to fit; parts of 0 or 1 mean no parts.
        log: called with one line per fit.
        root_seed: root of the random stream that draws the parts.
        memory_bytes: bound on the weights that are in memory at a time, and on each product's working memory.
        unlagged: another recording of the same seeds, replicas, steps and weights, whose snapshots Z stand in for this
            one's, see `mispaired`; its diverged seeds get no fit either.

    Raises:
        InputError: steps not equally spaced within a window, an `unlagged` of other shape, and all that `windows`,
            `split` and `fit` raise, with the recording's path.
    """
    return fit_plans(recording, [plan], log, root_seed, memory_bytes, unlagged=unlagged)[0]


def fit_plans(
    recording: Recording,
    plans: Sequence[Plan],
    log: Callable[[str], None],
    root_seed: int = 0,
    memory_bytes: int = MEMORY_BYTES,
    *,
    unlagged: Recording | None = None,
) -> list[list[Row]]:
    """As `fit_recording`, for each of several plans with the same parts; what they share is computed once.

    Plans that differ in modes share a factorisation; all windows of all plans share a pass over many weights, and
    their inner products serve every number of delays.
    """
    if len({plan.parts for plan in plans}) > 1:
        raise ValueError("plans that are fitted together must have the same parts")
    try:
        return _fit_all(recording, unlagged, plans, log, root_seed, memory_bytes)
    except InputError as error:
        if str(error).startswith(str(recording.path)):
            raise
        raise InputError(f"{recording.path}: {error}") from error


@dataclass(frozen=True)
class _Shared:
    """Fits of one window that differ in their modes only, and the plans (by number) that they are of."""

    delays: int
    centre: bool
    components: int | None
    modes: list[int | None] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)


def _fit_all(
    recording: Recording,
    unlagged: Recording | None,
    plans: Sequence[Plan],
    log: Callable[[str], None],
    root_seed: int,
    memory_bytes: int,
) -> list[list[Row]]:
    if unlagged is not None:
        _check_match(recording, unlagged)
    ranges = [windows(recording.steps, plan.windows, plan.window_length, plan.window_stride) for plan in plans]
    different = _different(ranges)
    for window in different:
        check_spacing(recording.steps[window.indices], window)
    work = {(w.start, w.stop): _shared(plans, ranges, w, recording.weights) for w in different}
    groups = _groups(recording, plans[0], root_seed)
    seeds = _finite_seeds([recording] if unlagged is None else [recording, unlagged], log)
    left = len(seeds) * sum(map(len, ranges)) * len(groups)
    rows: list[list[Row]] = [[] for _ in plans]
    for seed in seeds:
        # Principal components and snapshots of another recording go other ways.
        alone = ((window, None) for window in different)
        own = partial(recording.select, seed)
        plain = unlagged is None and any(plan.components is None for plan in plans)
        for window, products in with_products(own, different, memory_bytes) if plain else alone:
            shared = work[window.start, window.stop]
            for resample, replicas in groups:
                name = f"seed {seed}, steps [{window.start}, {window.stop})"
                name += "" if resample < 0 else f", part {resample}"
                with _named(name, recording):
                    source = (recording if unlagged is None else unlagged).select(seed, replicas, window.indices)
                    trajectories = _read_once(source, len(shared), memory_bytes)
                    for each in shared:
                        found = fit_each(
                            trajectories,
                            each.delays,
                            each.modes,
                            centre=each.centre,
                            components=each.components,
                            advanced=None if unlagged is None else own(replicas, window.indices),
                            memory_bytes=memory_bytes,
                            products=None if products is None else products.of(replicas),
                        )
                        for number, one in zip(each.plans, found, strict=True):
                            rows[number].append(Row(seed, window, resample, one))
                            left -= 1
                            log(f"{name}: {one.note}; {left} fits remain")
    return [_ordered(each, seeds, own) for each, own in zip(rows, ranges, strict=True)]


def _ordered(rows: Sequence[Row], seeds: Sequence[int], ranges: Sequence[Window]) -> list[Row]:
    """By seed and window: windows that share a pass come together."""
    return sorted(rows, key=lambda row: (seeds.index(row.seed), ranges.index(row.window)))


def _different(ranges: Sequence[Sequence[Window]]) -> list[Window]:
    """Every window of any plan once."""
    return list({(window.start, window.stop): window for each in ranges for window in each}.values())


def _shared(plans: Sequence[Plan], ranges: Sequence[Sequence[Window]], window: Window, weights: int) -> list[_Shared]:
    """What is to be fitted in a window."""
    found: dict[tuple[int, bool, int | None], _Shared] = {}
    for number, plan in enumerate(plans):
        if window in ranges[number]:
            key = (number_of_delays(plan, weights), plan.centre, plan.components)
            each = found.setdefault(key, _Shared(*key))
            each.modes.append(plan.modes)
            each.plans.append(number)
    return list(found.values())


def _read_once(stored: Trajectories, uses: int, memory_bytes: int) -> Trajectories:
    """In memory where several fits read them and they are few."""
    few = uses > 1 and 8 * prod(stored.shape) <= memory_bytes // 2
    return stored[:, :, :] if few else stored


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


@contextmanager
def _named(name: str, recording: Recording) -> Iterator[None]:
    """Errors of a fit say which; those of the recording itself say what they are about."""
    try:
        yield
    except InputError as error:
        if str(error).startswith(str(recording.path)):
            raise
        raise InputError(f"{name}: {error}") from error


def _groups(recording: Recording, plan: Plan, root_seed: int) -> list[tuple[int, slice | NDArray[np.intp]]]:
    """All replicas (-1), and the parts that stand in for seeds where there is only one."""
    everything: list[tuple[int, slice | NDArray[np.intp]]] = [(-1, slice(None))]
    if plan.parts <= 1 or len(recording.seeds) != 1:
        return everything
    return everything + list(enumerate(split(recording.replicas, plan.parts, root_seed)))


def _check_match(recording: Recording, unlagged: Recording) -> None:
    shapes = [(list(r.seeds), r.replicas, list(r.steps), r.weights) for r in (recording, unlagged)]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"{unlagged.path} cannot lend its snapshots: seeds, replicas, steps and weights must be the same"
        )


def _finite_seeds(recordings: Sequence[Recording], log: Callable[[str], None]) -> list[int]:
    seeds = [int(seed) for seed in recordings[0].seeds]
    diverged = [seed for seed in seeds if any(recording.diverged(seed) for recording in recordings)]
    for seed in diverged:
        log(f"seed {seed}: diverged, it gets no spectrum")
    return [seed for seed in seeds if seed not in diverged]
