"""All fits of one recording: every seed and window, and the parts of a single seed's replicas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.koopman.dmd import MEMORY_BYTES, fit
from traindyn.koopman.hankel import Trajectories
from traindyn.koopman.parts import split
from traindyn.koopman.shared_pass import with_products
from traindyn.koopman.table import Row
from traindyn.koopman.windows import check_spacing, windows


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
    try:
        return _fit_all(recording, unlagged, plan, log, root_seed, memory_bytes)
    except InputError as error:
        if str(error).startswith(str(recording.path)):
            raise
        raise InputError(f"{recording.path}: {error}") from error


def _fit_all(
    recording: Recording,
    unlagged: Recording | None,
    plan: Plan,
    log: Callable[[str], None],
    root_seed: int,
    memory_bytes: int,
) -> list[Row]:
    if unlagged is not None:
        _check_match(recording, unlagged)
    ranges = windows(recording.steps, plan.windows, plan.window_length, plan.window_stride)
    for window in ranges:
        check_spacing(recording.steps[window.indices], window)
    delays, groups = number_of_delays(plan, recording.weights), _groups(recording, plan, root_seed)
    seeds = _finite_seeds([recording] if unlagged is None else [recording, unlagged], log)
    left = len(seeds) * len(ranges) * len(groups)
    rows = []
    for seed in seeds:
        # Principal components and snapshots of another recording go other ways.
        alone = ((window, None) for window in ranges)
        own = partial(recording.select, seed)
        plain = plan.components is None and unlagged is None
        for window, products in with_products(own, ranges, memory_bytes) if plain else alone:
            for resample, replicas in groups:
                name = f"seed {seed}, steps [{window.start}, {window.stop})"
                name += "" if resample < 0 else f", part {resample}"
                with _named(name, recording):
                    found = fit(
                        (recording if unlagged is None else unlagged).select(seed, replicas, window.indices),
                        delays,
                        plan.modes,
                        centre=plan.centre,
                        components=plan.components,
                        advanced=None if unlagged is None else own(replicas, window.indices),
                        memory_bytes=memory_bytes,
                        products=None if products is None else products.of(replicas),
                    )
                rows.append(Row(seed, window, resample, found))
                left -= 1
                log(f"{name}: {found.note}; {left} fits remain")
    # Windows that share a pass come together.
    return sorted(rows, key=lambda row: (seeds.index(row.seed), ranges.index(row.window)))


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
