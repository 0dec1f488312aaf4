"""Section *scaling*: how times grow with weights, steps, replicas, delays, spectra and networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import layouts
from benchmarks.case import OURS, Case
from benchmarks.context import Context, apart
from benchmarks.distances import for_count
from benchmarks.ensembles import pair
from benchmarks.jobs import DIGITS, MNIST, perceptron
from benchmarks.peers import METHODS
from benchmarks.recordings import drawn_steps
from benchmarks.singly import step_gigaflop
from benchmarks.spectra import largest_difference

MODES = 10
BASE = {"weights": 100, "steps": 400, "replicas": 5, "delays": 16}
TINY = {"weights": 10, "steps": 40, "replicas": 3, "delays": 3}
AXES = {
    "weights": (25, 50, 100, 400, 1600, 6400),
    "steps": (100, 200, 400, 800, 1600),
    "replicas": (1, 2, 5, 10, 20),
    "delays": (4, 8, 16, 32, 64, 128),
}
# Rows · columns · min(rows, columns) of a Hankel matrix whose whole SVD takes a few seconds.
FEASIBLE = 1e10


def cases(context: Context) -> list[Case]:
    """One axis at a time from a common point; explicit methods as far as they take seconds."""
    return [*_fits(context), *_distances(context), *_ensembles(context), *layouts.cases(context)]


def _fits(context: Context) -> list[Case]:
    base = TINY if context.quick else BASE
    found = []
    for axis, values in AXES.items():
        for value in (base[axis],) if context.quick else values:
            sizes = base | {axis: value}
            rows, columns = _shape(**sizes)
            for method in ("explicit", OURS):
                if method == OURS or rows * columns * min(rows, columns) <= FEASIBLE:
                    found.append(
                        Case(
                            f"fit, {axis}: {value}",
                            method,
                            fit_drawn,
                            {"method": method, **sizes},
                            reference="explicit",
                            difference=largest_difference,
                            threads=context.threads,
                            axis=f"fit: {axis}",
                            value=value,
                        )
                    )
    return found


def _shape(weights: int, steps: int, replicas: int, delays: int) -> tuple[int, int]:
    """Rows and columns of the Hankel matrix."""
    return (delays + 1) * weights, replicas * (steps - delays - 1)


def fit_drawn(method: str, weights: int, steps: int, replicas: int, delays: int) -> Callable[[], Any]:
    """A fit of drawn trajectories in memory."""
    trajectories = np.stack(list(drawn_steps(weights, steps, replicas)), axis=1).astype(np.float64)
    fit = METHODS[method]
    fit(trajectories[:, :40, :5], 2, 4)
    return lambda: fit(trajectories, delays, MODES)


def _distances(context: Context) -> list[Case]:
    found = []
    for count in (20,) if context.quick else (50, 100, 200, 500, 1000, 2000):
        place = {"axis": "distances: spectra", "value": count}
        found += for_count(f"distances, spectra: {count}", count, 2000, context.threads, scipy=False, **place)
    return found


def _ensembles(context: Context) -> list[Case]:
    found = []
    task, steps = (DIGITS, 4) if context.quick else (MNIST, 50)
    for replicas in (2,) if context.quick else (1, 4, 16, 64, 250):
        training = perceptron(10, task, seeds=1, replicas=replicas, steps=steps)
        gigaflop = apart(step_gigaflop, training, context.data_dir)
        place = {"axis": "step of an ensemble: networks", "value": replicas}
        name = f"width 10, networks: {replicas}"
        found += pair(name, training, min(replicas, 4), context.data_dir, gigaflop, **place)
    return found
