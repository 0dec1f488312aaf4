"""Section *distances*: all pairs among many spectra, against loops over the exact solvers of POT and SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case
from benchmarks.context import Context

MODES = 10
POT = "POT, emd2 in a loop"


def cases(context: Context) -> list[Case]:
    """2,000 spectra: about two million pairs."""
    spectra, sample = (20, 50) if context.quick else (2000, 20_000)
    name = f"{spectra:,} spectra of {MODES} eigenvalues, all pairs"
    return for_count(name, spectra, sample, context.threads, scipy=True)


def for_count(name: str, count: int, sample: int, threads: int, *, scipy: bool, **on_axis: Any) -> list[Case]:
    """Loops over a sample of the pairs, extrapolated to all of them, and this project's table of all."""
    pairs = count * (count - 1) // 2
    sample = min(sample, pairs)
    arguments = {"count": count, "sample": sample}
    shared: dict[str, Any] = {"reference": POT, "difference": difference, "threads": threads, **on_axis}
    loop: dict[str, Any] = shared | {"scale": pairs / sample}
    if sample < pairs:
        loop["note"] = f"{sample:,} of {pairs:,} pairs measured, extrapolated"
    loops = [Case(name, POT, pot, arguments, **loop)]
    if scipy:
        loops.append(Case(name, "SciPy, linear_sum_assignment in a loop", assignments, arguments, **loop))
    # Its processes are forked from the measured one and share what that holds.
    return [*loops, Case(name, OURS, table, arguments | {"workers": threads}, **shared)]


def drawn_eigenvalues(count: int) -> np.ndarray:
    """(spectrum, mode): five conjugate pairs each, as close to 1 as those of trainings."""
    generator = np.random.default_rng(0)
    half = 1 - generator.exponential(0.02, (count, MODES // 2)) + 1j * generator.exponential(0.02, (count, MODES // 2))
    return np.concatenate([half, half.conj()], axis=1)


def sampled_pairs(count: int, sample: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a sample in the list of all pairs, and these pairs (pair, 2)."""
    pairs = np.stack(np.triu_indices(count, 1), axis=1)
    positions = np.random.default_rng(1).choice(len(pairs), sample, replace=False)
    return positions, pairs[positions]


def pot(count: int, sample: int) -> Callable[[], Any]:
    """`ot.emd2` with uniform weights, pair by pair, on the Euclidean cost matrix of the pair."""
    from ot import emd2

    values, (_, pairs) = drawn_eigenvalues(count), sampled_pairs(count, sample)
    uniform = np.full(MODES, 1 / MODES)

    def run() -> np.ndarray:
        costs = (np.abs(values[i][:, None] - values[j][None]) for i, j in pairs)
        return np.array([emd2(uniform, uniform, cost) for cost in costs])

    return run


def assignments(count: int, sample: int) -> Callable[[], Any]:
    """`scipy.optimize.linear_sum_assignment`, pair by pair: for equal counts the same distance."""
    from scipy.optimize import linear_sum_assignment

    values, (_, pairs) = drawn_eigenvalues(count), sampled_pairs(count, sample)

    def run() -> np.ndarray:
        costs = (np.abs(values[i][:, None] - values[j][None]) for i, j in pairs)
        return np.array([cost[linear_sum_assignment(cost)].mean() for cost in costs])

    return run


def table(count: int, sample: int, workers: int) -> Callable[[], Any]:
    """`traindyn.compare.distances`: the whole table by all cores, of which the sample's rows are compared."""
    from traindyn.compare import Spectrum, distances

    values, (positions, _) = drawn_eigenvalues(count), sampled_pairs(count, sample)
    matrix, shares = np.eye(MODES), np.full(MODES, 1 / MODES)
    rest = {"energies": shares, "residuals": shares, "G": matrix, "A": matrix, "L": matrix}
    spectra = [Spectrum("benchmark", seed, 0, 1, eigenvalues=one, **rest) for seed, one in enumerate(values)]
    return lambda: distances(spectra, ["wasserstein"], workers)["distance"].to_numpy()[positions]


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of two distances of the sample."""
    return float(np.abs(values - reference).max())
