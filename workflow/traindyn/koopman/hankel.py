"""The Hankel matrix of delay snapshots as an operator: its products, without the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from traindyn.koopman.convolution import Spectra, fourier_cost

Array = NDArray[np.float64]


class Trajectories(Protocol):
    """Values (replica, step, weight): an array, or anything that reads the blocks it is indexed for.

    What reads from a file may say in `chunk_weights` how many weights lie together.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...
    def __getitem__(self, where: tuple[slice, slice, slice], /) -> NDArray[np.floating]: ...


@dataclass(frozen=True, eq=False)
class Hankel:
    """Delay snapshots z_t = (x_t, …, x_{t+d}) of every replica: Z (z_0 … z_{T-d-2}) and Z', one step later.

    Rows are ordered delay by delay (row l·D + i is weight i, l steps later), columns replica by replica.
    Products run over blocks of weights and groups of delays, so that what they hold in memory stays near
    `memory_bytes`; the trajectories are converted to float64 (and centred) block by block. Trajectories that fit into
    that memory are kept, and multiplied in whichever way is cheaper: as matrices, or as convolutions along the steps.

    Args:
        trajectories: (replica, step, weight), float32 or float64, in memory or in a file.
        delays: number d of delays.
        mean: (weight,) subtracted from every snapshot; None subtracts nothing.
        memory_bytes: bound on the working memory of one product.
    """

    trajectories: Trajectories
    delays: int
    mean: Array | None = None
    memory_bytes: int = 512 * 2**20

    @property
    def snapshots(self) -> int:
        """Columns of Z per replica, N = T - d - 1."""
        return self.trajectories.shape[1] - self.delays - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of Z: ((d + 1)·D, R·N)."""
        replicas, _, weights = self.trajectories.shape
        return (self.delays + 1) * weights, replicas * self.snapshots

    @cached_property
    def _chunks(self) -> list[slice]:
        return weight_blocks(self.trajectories, self.memory_bytes)

    def _converted(self, chunk: slice) -> Array:
        block = np.ascontiguousarray(self.trajectories[:, :, chunk], dtype=np.float64)
        return block if self.mean is None else block - self.mean[chunk]

    @cached_property
    def _whole(self) -> Array | None:
        return self._converted(self._chunks[0]) if len(self._chunks) == 1 else None

    @cached_property
    def _series(self) -> Array | None:
        """(weight, replica·step) where all is kept: by weights, a few rows times this is twice as fast."""
        return None if self._whole is None else np.ascontiguousarray(_by_weight(self._whole))

    @cached_property
    def _spectra(self) -> Spectra | None:
        """The trajectories' Fourier transforms, where all is kept and products by them are cheaper."""
        replicas, steps, weights = self.trajectories.shape
        as_matrices = _matrix_cost(replicas, steps, weights, self.delays)
        if self._whole is None or fourier_cost(replicas, steps, weights) >= as_matrices:
            return None
        return Spectra(self._whole)

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Blocks of weights, in order: which weights, and their (replica, step, weight) float64 values."""
        for chunk in self._chunks:
            yield chunk, self._converted(chunk) if self._whole is None else self._whole

    def values(self) -> Array:
        """All (replica, step, weight) float64 values at once: where they are few."""
        return np.concatenate([block for _, block in self.blocks()], axis=2)

    def _delay_groups(self, columns: int) -> list[range]:
        replicas, steps, _ = self.trajectories.shape
        size = max(1, self.memory_bytes // (4 * 8 * replicas * steps * columns))
        return [range(i, min(i + size, self.delays + 1)) for i in range(0, self.delays + 1, size)]

    def image(self, right: Array, later: int = 0) -> Array:
        """Z @ right, or Z' @ right with later=1: (R·N, k) -> ((d + 1)·D, k)."""
        replicas, steps, weights = self.trajectories.shape
        count, k = self.snapshots, right.shape[1]
        columns = right.reshape(replicas, count, k)
        if self._spectra is not None:
            return self._spectra.image(columns, self.delays + 1, later).reshape(-1, k)
        result = np.empty((self.delays + 1, weights, k))
        for group in self._delay_groups(k):
            # One product with the columns of `right` laid out once per delay, each as many steps later.
            shifted = np.zeros((replicas, steps, len(group), k))
            for place, lag in enumerate(group):
                shifted[:, lag + later : lag + later + count, place] = columns
            stacked = shifted.reshape(replicas * steps, -1)
            for chunk, block in self.blocks():
                product = stacked.T @ block.reshape(replicas * steps, -1)
                result[group.start : group.stop, chunk] = product.reshape(len(group), k, -1).swapaxes(1, 2)
        return result.reshape(-1, k)

    def pull(self, left: Array, later: int = 0) -> Array:
        """Z.T @ left, or Z'.T @ left with later=1: ((d + 1)·D, k) -> (R·N, k)."""
        replicas, steps, weights = self.trajectories.shape
        count, k = self.snapshots, left.shape[1]
        rows = left.reshape(self.delays + 1, weights, k)
        if self._spectra is not None:
            return self._spectra.pull(rows, count, later).reshape(-1, k)
        result = np.zeros((k, replicas, count))
        for group in self._delay_groups(k):
            for chunk, block in self.blocks():
                series = _by_weight(block) if self._series is None else self._series
                side = rows[group.start : group.stop, chunk].swapaxes(1, 2).reshape(-1, block.shape[2])
                product = (side @ series).reshape(len(group), k, replicas, steps)
                for place, lag in enumerate(group):
                    result += product[place, :, :, lag + later : lag + later + count]
        return result.reshape(k, -1).T

    def rows(self, lag: int, block: Array, later: int = 0) -> Array:
        """The rows of Z (or of Z', later=1) that one delay and one block of weights make: (w, R·N)."""
        part = block[:, lag + later : lag + later + self.snapshots]
        return part.transpose(2, 0, 1).reshape(block.shape[2], -1)

    def matrix(self, later: int = 0) -> Array:
        """Z, or Z' with later=1, written out: for small problems only."""
        weights = self.trajectories.shape[2]
        result = np.empty((self.delays + 1, weights, self.shape[1]))
        for chunk, block in self.blocks():
            for lag in range(self.delays + 1):
                result[lag, chunk] = self.rows(lag, block, later)
        return result.reshape(self.shape)


def weight_blocks(trajectories: Trajectories, memory_bytes: int) -> list[slice]:
    """Blocks of weights that, twice in double precision, fit into the memory."""
    replicas, steps, weights = trajectories.shape
    width = int(np.clip(memory_bytes // (2 * 8 * replicas * steps), 1, weights))
    # A file gives whole chunks: one that a block ends within is read twice.
    chunk = getattr(trajectories, "chunk_weights", 1)
    width -= width % chunk if chunk < width < weights else 0
    return [slice(start, min(start + width, weights)) for start in range(0, weights, width)]


def product_cost(replicas: int, steps: int, weights: int, delays: int) -> float:
    """Estimated operations of Z, or of Zᵀ, times one vector, by the cheaper way."""
    return min(_matrix_cost(replicas, steps, weights, delays), fourier_cost(replicas, steps, weights))


def _matrix_cost(replicas: int, steps: int, weights: int, delays: int) -> float:
    return 2.0 * replicas * steps * weights * (delays + 1)


def _by_weight(block: Array) -> Array:
    """(replica, step, weight) as (weight, replica·step), a view."""
    return block.reshape(-1, block.shape[2]).T
