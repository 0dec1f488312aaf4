"""Section *large*: fits to all weights of a transformer layer and of ResNet-20, streamed from a recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case
from benchmarks.context import Context, apart
from benchmarks.jobs import transformer
from benchmarks.recordings import drawn, trained
from benchmarks.spectra import explicit, largest_difference

MODES = 10
EXACT = "explicit, in few coordinates"
FLOOR = "reading and products"
READ_MIB = 128  # of weights at a time


def cases(context: Context) -> list[Case]:
    """This project, the least that any method of its kind does, and a slow exact reference for the accuracy."""
    return [*_transformer(context), *_resnet(context)]


def _transformer(context: Context) -> list[Case]:
    modulus, width, replicas, steps, delays = (13, 16, 3, 40, 4) if context.quick else (113, 128, 10, 100, 32)
    training = transformer(modulus, width, replicas=replicas, steps=steps)
    path = apart(trained, training, context.data_dir, context.folder / "transformer.h5")
    weights, rows = 4 * width**2, replicas * steps
    name = f"transformer: {weights:,} weights, {replicas} × {steps} steps, {delays} delays"
    plan = {"path": path, "delays": delays, "length": None}
    shared: dict[str, Any] = {"reference": EXACT, "difference": difference, "threads": context.threads}
    gigaflop = 1e-9 * rows**2 * weights
    floor = {"rows": rows, "weights": weights}
    gib = (delays + 1) * weights * replicas * (steps - delays - 1) * 8 / 2**30
    return [
        Case(name, EXACT, exact, plan, once=True, **shared, note=f"the Hankel matrix itself: {gib:.1f} GiB"),
        Case(name, "one matrix product", matrix_product, floor, threads=context.threads, gigaflop=2 * gigaflop),
        Case(name, OURS, fits, plan, **shared, gigaflop=gigaflop),
    ]


def _resnet(context: Context) -> list[Case]:
    weights, replicas, steps, delays, length = (500, 2, 40, 2, 20) if context.quick else (269_722, 3, 600, 10, 100)
    path = apart(drawn, context.folder / "resnet20.h5", weights, steps, replicas)
    found = []
    for window, name in ((None, "the whole training"), (length, f"windows of {length} steps")):
        problem = f"ResNet-20: {weights:,} weights, {replicas} × {steps} steps, {delays} delays, {name}"
        plan = {"path": path, "delays": delays, "length": window}
        shared: dict[str, Any] = {"reference": EXACT, "difference": difference, "threads": context.threads}
        work = {
            "gigaflop": 1e-9 * replicas**2 * steps * (window or steps) * weights,
            "gigabyte": 4e-9 * replicas * steps * weights,
        }
        found += [
            Case(problem, EXACT, exact, plan, once=True, **shared),
            Case(problem, FLOOR, read_and_multiply, {"path": path, "length": window}, threads=context.threads, **work),
            Case(problem, OURS, fits, plan, **shared, **work),
        ]
    return found


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of eigenvalues in any window."""
    return max(largest_difference(*pair) for pair in zip(values, reference, strict=True))


def fits(path: Path, delays: int, length: int | None) -> Callable[[], Any]:
    """All fits of the recording, from the file; eigenvalues (window, mode)."""
    from traindyn.config import KoopmanPlan
    from traindyn.koopman import fit_recording
    from traindyn.recording import open_recording

    plan = KoopmanPlan(delays=delays, modes=MODES, window_length=length)

    def run() -> np.ndarray:
        with open_recording(path) as recording:
            rows = fit_recording(recording, plan, lambda line: None)
        return np.stack([row.fit.eigenvalues for row in rows])

    return run


def matrix_product(rows: int, weights: int) -> Callable[[], Any]:
    """(rows × weights) times (weights × rows) in float64, by NumPy; two arrays, or BLAS would make half of it."""
    left, right = np.random.default_rng(0).standard_normal((2, rows, weights))
    return lambda: (left @ right.T).shape


def read_and_multiply(path: Path, length: int | None) -> Callable[[], Any]:
    """Every weight read once, and all products of steps within each window; nothing is fitted."""
    from traindyn.recording import open_recording

    def run() -> float:
        with open_recording(path) as recording:
            stored = recording.select(0)
            replicas, steps, _ = stored.shape
            window = length or steps
            totals = [np.zeros((replicas * window,) * 2) for _ in range(steps // window)]
            for part in _parts(stored.shape):
                block = stored[:, :, part].astype(np.float64)
                for place, total in enumerate(totals):
                    flat = block[:, place * window : (place + 1) * window].reshape(replicas * window, -1)
                    total += flat @ flat.T
        return float(sum(total.trace() for total in totals))

    return run


def exact(path: Path, delays: int, length: int | None) -> Callable[[], Any]:
    """Explicit Hankel matrix and full SVD, in the few coordinates that the snapshots of a window span."""
    from traindyn.recording import open_recording

    def run() -> np.ndarray:
        with open_recording(path) as recording:
            steps = len(recording.steps)
            window = length or steps
            starts = range(0, steps - window + 1, window)
            chosen = [recording.select(0, steps=slice(start, start + window)) for start in starts]
            return np.stack([explicit(_coordinates(stored), delays, MODES) for stored in chosen])

    return run


def _coordinates(stored: Any) -> np.ndarray:
    """Snapshots in an orthonormal basis of what they span, which changes no spectrum: (replica, step, coordinate).

    The basis comes from the inner products of the first snapshot, made as small as the rest, and of all differences
    from it. Inner products of the snapshots themselves would lose the digits that their common part takes; a QR
    decomposition would take minutes.
    """
    replicas, steps, _ = stored.shape
    inner, scale = np.zeros((replicas * steps + 1,) * 2), 1e-3
    for part in _parts(stored.shape):
        snapshots = stored[:, :, part].astype(np.float64).reshape(replicas * steps, -1)
        rows = np.concatenate([scale * snapshots[:1], snapshots - snapshots[:1]])
        inner += rows @ rows.T
    values, vectors = np.linalg.eigh(inner)
    rows = vectors * np.sqrt(np.maximum(values, 0))
    return (rows[:1] / scale + rows[1:]).reshape(replicas, steps, -1)


def _parts(shape: tuple[int, int, int]) -> list[slice]:
    replicas, steps, weights = shape
    width = max(1, READ_MIB * 2**20 // (8 * replicas * steps))
    return [slice(start, min(start + width, weights)) for start in range(0, weights, width)]
