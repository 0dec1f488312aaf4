"""Reads recordings that were never finished: what a dead process had written up to a checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import h5py
import numpy as np


def partial_path(recording: Path) -> Path:
    """A new name, in its folder, for a recording that is not whole: two processes must never write one file."""
    return recording.with_name(f".{recording.name}.{uuid4().hex[:12]}.partial")


def discard_partials(recording: Path, but: Path | None = None) -> None:
    """Remove what other processes left of this recording."""
    for path in recording.parent.glob(f".{escape(recording.name)}.*.partial"):
        if path != but:
            path.unlink(missing_ok=True)


def chunk_offsets(weights: h5py.Dataset) -> np.ndarray:
    """Where in the file the chunks lie that were written, in bytes: (seed, replica, chunk, chunk); −1 for others."""
    sizes = zip(weights.shape, weights.chunks, strict=True)
    offsets = np.full([-(-whole // chunk) for whole, chunk in sizes], -1, dtype=np.int64)

    def note(chunk: Any) -> None:
        offsets[tuple(at // size for at, size in zip(chunk.chunk_offset, weights.chunks, strict=True))] = (
            chunk.byte_offset
        )

    weights.id.chunk_iter(note)
    return offsets


class Partial:
    """Weights of an unfinished recording, read from where they lie: HDF5 may call the file damaged.

    Chunks are neither compressed nor moved nor written twice, so that what was written once stays where it was.

    Args:
        path: the unfinished file.
        weights: the variable that is written in its place: of the same shape, chunks and type.
        offsets: as `chunk_offsets` gave them.
    """

    def __init__(self, path: Path, weights: h5py.Dataset, offsets: np.ndarray) -> None:
        self._file = path.open("rb")
        self._networks, self._weights = weights.shape[:2], weights.shape[3]
        self._chunk, self._dtype, self._offsets = weights.chunks[2:], weights.dtype, offsets

    def check(self, blocks: Iterable[range], digest: str) -> None:
        """Raise ValueError unless the blocks of steps, network by network, have this SHA-256."""
        found = hashlib.sha256()
        for steps in blocks:
            for seed, replica in np.ndindex(self._networks):
                found.update(self.read(seed, replica, steps).data)
        if found.hexdigest() != digest:
            raise ValueError(f"{self._file.name}: not the weights that were written")

    def read(self, seed: int, replica: int, steps: range) -> np.ndarray:
        """Weights (step, weight) of one network; the steps begin with a chunk. Raises ValueError past the end."""
        first, past = steps.start // self._chunk[0], -(-steps.stop // self._chunk[0])
        rows = self._offsets[seed, replica, first:past]
        whole = np.block([[self._read(offset) for offset in row] for row in rows])
        return np.ascontiguousarray(whole[: len(steps), : self._weights])

    def _read(self, offset: int) -> np.ndarray:
        self._file.seek(offset)
        return np.fromfile(self._file, self._dtype, self._chunk[0] * self._chunk[1]).reshape(self._chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
