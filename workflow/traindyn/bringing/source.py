"""What a recording is before it is brought: trajectories where they lie, read piece by piece."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from traindyn.errors import InputError
from traindyn.recording.layout import TESTS

# A header of a few bytes may claim any size: what is larger than this, and so many times what is stored, is refused.
FREE_BYTES = 256 << 20
LARGEST_RATIO = 100


class Tests(NamedTuple):
    """Scores of tests on the way: their steps, and values (score, replica, test) in the order of `recording.TESTS`."""

    steps: list[int]
    values: np.ndarray


class Source(ABC):
    """Trajectories of one seed.

    Attributes:
        name: for messages.
        replicas: how many.
        steps: numbers of the recorded steps, increasing.
        layers: layer → number of its weights.
        dtype: float32 or float64.
    """

    name: str
    replicas: int
    steps: Sequence[int]
    layers: Mapping[str, int]
    dtype: np.dtype

    @abstractmethod
    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight) of one replica."""

    def losses(self) -> np.ndarray | None:
        """Training losses (replica, step), where they are known."""
        return None

    def tests(self) -> Tests:
        """Scores of tests; without steps where none are known."""
        return Tests([], np.empty((len(TESTS), self.replicas, 0)))

    @property
    def weights(self) -> int:
        """Recorded weights."""
        return sum(self.layers.values())


def kept_dtype(found: Any, name: str) -> np.dtype:
    """The precision in which values of this dtype are recorded.

    Raises:
        InputError: they are not real numbers, or are Python objects, which only a pickle could hold.
    """
    dtype = np.dtype(found)
    if dtype.hasobject:
        raise InputError(f"{name}: an array of Python objects (a pickle), which is never loaded; save numbers")
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise InputError(f"{name}: values of type {dtype}; allowed are real numbers of up to 64 bits")
    return np.dtype("float32" if dtype.kind == "f" and dtype.itemsize <= 4 else "float64")


def check_shape(shape: Sequence[int], name: str) -> None:
    """Raise InputError where a shape is not that of trajectories."""
    if len(shape) not in (2, 3) or min(shape) < 1:
        raise InputError(f"{name}: shape {tuple(shape)}; needed is (step, weight) or (replica, step, weight)")


def check_claim(name: str, shape: Sequence[int], itemsize: int, stored: int) -> None:
    """Raise InputError where a header claims far more than the file can hold."""
    claimed = prod(map(int, shape)) * itemsize
    if claimed > FREE_BYTES and claimed > LARGEST_RATIO * stored:
        raise InputError(
            f"{name}: claims {claimed:,} bytes of values in {stored:,} stored ones; more than {LARGEST_RATIO} to 1 is "
            "refused, as what would fill a disk"
        )


class ArraySource(Source):
    """An array (step, weight) or (replica, step, weight), or what is sliced like one.

    steps: their numbers; None: 0, 1, 2, …
    """

    def __init__(self, name: str, array: Any, losses: Any = None, steps: Sequence[int] | None = None) -> None:
        check_shape(array.shape, name)
        self.name, self._array, self._losses = name, array, losses
        self.dtype = kept_dtype(array.dtype, name)
        *replicas, length, weights = map(int, array.shape)
        self.replicas, self.layers = (replicas or [1])[0], {"weights": weights}
        self.steps = range(length) if steps is None else steps
        if losses is not None:
            self._check_losses()

    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight) of one replica."""
        block = self._array[steps, :] if len(self._array.shape) == 2 else self._array[replica, steps, :]
        return np.asarray(block, self.dtype)

    def losses(self) -> np.ndarray | None:
        """Training losses (replica, step)."""
        if self._losses is None:
            return None
        values = np.asarray(self._losses[...], np.float64)
        return np.broadcast_to(values, (self.replicas, len(self.steps)))

    def _check_losses(self) -> None:
        kept_dtype(self._losses.dtype, f"{self.name}, losses")
        allowed = ((len(self.steps),), (self.replicas, len(self.steps)))
        if tuple(self._losses.shape) not in allowed:
            raise InputError(
                f"{self.name}: losses of shape {tuple(self._losses.shape)}; needed is {allowed[0]} or {allowed[1]}"
            )
