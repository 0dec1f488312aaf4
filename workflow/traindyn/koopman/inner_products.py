"""Inner products of snapshots about their mean: what a fit needs of many weights, from one pass over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dsyrk
from scipy.linalg.lapack import dpstrf

from traindyn.koopman.hankel import Array, Trajectories, weight_blocks
from traindyn.koopman.ritz import EPS


@dataclass(frozen=True, eq=False)
class InnerProducts:
    """Inner products of all snapshots x of a range of steps about a point m common to them, y = x - m.

    What all snapshots have in common is large beside what a training changes, and squares of it would take the digits
    of the rest; about m it is a direction of its own.

    Attributes:
        mutual: (replica, step, replica, step) y·y'.
        along: (replica, step) y·m.
        square: m·m.
    """

    mutual: Array
    along: Array
    square: float

    def of(self, replicas: slice | NDArray[np.intp]) -> InnerProducts:
        """Those of some replicas."""
        return InnerProducts(self.mutual[replicas][:, :, replicas], self.along[replicas], self.square)

    @property
    def finite(self) -> bool:
        """Whether all weights were finite, and none so large that its square is not."""
        return bool(np.isfinite(self.square) and np.isfinite(self.mutual).all())

    def coordinates(self) -> tuple[Array, float]:
        """Snapshots with the same inner products in at most R·T + 1 coordinates, and the error of these products.

        One axis lies along m; the products across it, P = LLᵀ, have a Cholesky factor with pivoting (Higham, "Analysis
        of the Cholesky decomposition of a semi-definite matrix", 1990) whose rows are the others.

        Returns:
            (replica, step, coordinate), and a bound in the 2-norm on what rounding changed in their Gram matrix, m's
            own share left out.
        """
        replicas, steps = self.along.shape
        snapshots = replicas * steps
        along, length = self.along.reshape(-1, 1), np.sqrt(self.square)
        first = length + along / length if length else along
        across = self.mutual.reshape(snapshots, snapshots) - (first - length) * (first - length).T
        rounding = EPS * float(np.linalg.norm(across))
        factor, pivots, rank, _ = dpstrf(across, tol=EPS * max(float(across.diagonal().max()), 0.0), lower=1)
        rest = np.zeros((snapshots, rank))
        rest[pivots - 1] = np.tril(factor[:, :rank])
        left = np.maximum(across.diagonal() - np.einsum("ij,ij->i", rest, rest), 0.0)
        return np.hstack([first, rest]).reshape(replicas, steps, rank + 1), rounding + float(left.sum())


def inner_products(trajectories: Trajectories, memory_bytes: int) -> InnerProducts:
    """Those of all snapshots; arguments as of `products_by_window`."""
    return next(products_by_window(trajectories, [slice(0, trajectories.shape[1])], memory_bytes))


def products_by_window(
    trajectories: Trajectories, windows: Sequence[slice], memory_bytes: int
) -> Iterator[InnerProducts]:
    """The inner products of each window, all of them from one pass over the weights.

    Where windows overlap, what they share is multiplied once; of steps that are in no window together, nothing.

    Args:
        trajectories: (replica, step, weight), in memory or in a file.
        windows: ranges of its steps.
        memory_bytes: bound on the block of weights that is in memory, as it is stored and in double precision.
    """
    bounds = sorted({end for window in windows for end in (window.start, window.stop)})
    segments = [slice(*ends) for ends in pairwise(bounds)]
    members = [_inside(segments, window) for window in windows]
    pairs = sorted({(s, t) for inside in members for s in inside for t in inside if t <= s})
    replicas, steps, _ = trajectories.shape
    sizes = [replicas * (segment.stop - segment.start) for segment in segments]
    # BLAS adds to Fortran's order in place.
    mutual = {(s, t): np.zeros((sizes[s], sizes[t]), order="F" if s == t else "C") for s, t in pairs}
    along, square = np.zeros((replicas, steps)), 0.0
    for chosen in weight_blocks(trajectories, memory_bytes):
        block = trajectories[:, :, chosen]
        with np.errstate(invalid="ignore", over="ignore"):
            mean = block.mean(axis=(0, 1), dtype=np.float64)
            # In double precision about the mean, without the block itself in it.
            centred = [np.subtract(block[:, part], mean, dtype=np.float64).reshape(-1, len(mean)) for part in segments]
            for segment, rows in zip(segments, centred, strict=True):
                along[:, segment] += (rows @ mean).reshape(replicas, -1)
            square += float(mean @ mean)
            for (s, t), total in mutual.items():
                _accumulate(total, centred[s], centred[t])
    for inside in members:
        yield _window(segments, inside, mutual, along, square)


def _inside(segments: Sequence[slice], window: slice) -> list[int]:
    return [i for i, part in enumerate(segments) if window.start <= part.start and part.stop <= window.stop]


def _accumulate(total: Array, rows: Array, others: Array) -> None:
    """total += rows @ othersᵀ; of a segment with itself, half the work and the lower triangle only."""
    if rows is others:
        dsyrk(1.0, rows.T, beta=1.0, c=total, trans=1, lower=1, overwrite_c=1)
    else:
        total += rows @ others.T


def _window(
    segments: Sequence[slice], inside: Sequence[int], mutual: dict[tuple[int, int], Array], along: Array, square: float
) -> InnerProducts:
    replicas, start = len(along), segments[inside[0]].start
    steps = segments[inside[-1]].stop - start
    whole = np.empty((replicas, steps, replicas, steps))
    for s, t in ((s, t) for s in inside for t in inside if t <= s):
        here, there = (slice(segments[i].start - start, segments[i].stop - start) for i in (s, t))
        shape = (replicas, here.stop - here.start, replicas, there.stop - there.start)
        products = _symmetric(mutual[s, t]) if s == t else mutual[s, t]
        whole[:, here, :, there] = products.reshape(shape)
        whole[:, there, :, here] = products.T.reshape(shape[2:] + shape[:2])
    return InnerProducts(whole, along[:, start : start + steps], square)


def _symmetric(lower: Array) -> Array:
    return np.tril(lower) + np.tril(lower, -1).T
