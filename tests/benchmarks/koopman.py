"""Section *koopman*: the fits of the width experiment, on recordings of real trainings, by every method."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case
from benchmarks.context import Context, apart
from benchmarks.jobs import DIGITS, MNIST, perceptron
from benchmarks.peers import METHODS
from benchmarks.recordings import trained
from benchmarks.spectra import largest_difference

MODES = 10
# Network width and delays, as in config/paper.yaml: delays × recorded weights = 3200.
FITS = ((5, 64), (40, 8))


def cases(context: Context) -> list[Case]:
    """Every method on both fits; the recordings are made first."""
    found = []
    task, replicas, steps = (DIGITS, 3, 80) if context.quick else (MNIST, 10, 1000)
    for width, delays in ((5, 2),) if context.quick else FITS:
        training = perceptron(width, task, seeds=1, replicas=replicas, steps=steps)
        path = apart(trained, training, context.data_dir, context.folder / f"width{width}.h5")
        weights = 10 * width
        problem = f"width {width}: {weights} weights, {delays} delays"
        for method in METHODS:
            found.append(
                Case(
                    problem,
                    method,
                    prepare,
                    {"method": method, "path": path, "delays": delays, "modes": MODES},
                    reference="explicit",
                    difference=largest_difference,
                    threads=context.threads,
                    gigaflop=smaller_product(replicas, steps, weights, delays) if method == OURS else 0.0,
                    may_fail=method not in ("explicit", OURS),
                )
            )
    return found


def prepare(method: str, path: Path, delays: int, modes: int) -> Callable[[], Any]:
    """The trajectories in memory, in float64; the method has met a small problem before."""
    from traindyn.recording import open_recording

    with open_recording(path) as recording:
        trajectories = recording.trajectories(0).astype(np.float64)
    fit = METHODS[method]
    fit(trajectories[:2, :40, :5], 2, 4)
    return lambda: fit(trajectories, delays, modes)


def smaller_product(replicas: int, steps: int, weights: int, delays: int) -> float:
    """Gflop of the cheaper lagged product matrix, each entry of which is made once.

    Covariance side: the first block row, Σ_t x_t x_{t+l}ᵀ for all lags l; Gram side: the upper half of all
    x_iᵀ x_j. What follows from them along diagonals, and the eigenproblem, are not counted: a method that needs less
    than this reaches a larger share of the peak, one that spends its time on the rest a smaller one.
    """
    covariance = 2.0 * weights**2 * (delays + 1) * replicas * (steps - delays - 1)
    gram = float(replicas * steps) ** 2 * weights
    return min(covariance, gram) / 1e9
