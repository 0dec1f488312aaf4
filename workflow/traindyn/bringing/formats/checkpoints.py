"""A series of checkpoints: one file a step, its number in its name."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from math import prod
from pathlib import Path

import numpy as np

from traindyn.bringing.source import Source, check_claim
from traindyn.config import Row
from traindyn.errors import InputError
from traindyn.recording import choice

Shape = tuple[int, ...]


class Checkpoint(ABC):
    """The tensors of one file.

    Attributes:
        shapes: name → shape, of tensors of real floating point numbers.
        double: whether one of them is in double precision.
    """

    shapes: Mapping[str, Shape]
    double: bool

    @abstractmethod
    def values(self, name: str) -> np.ndarray:
        """A tensor's values, in single or double precision."""


Open = Callable[[Path, Row], AbstractContextManager[Checkpoint]]


def series(paths: Sequence[Path], row: Row, open_one: Open) -> Source:
    """The series of these files, in the order of their steps.

    Raises:
        InputError: a name without a step, or a step of two files; what the first and last file hold differs; no
            parameter matches.
    """
    steps = numbered_by_name(paths)
    return CheckpointSeries(steps, row, open_one)


def numbered_by_name(paths: Sequence[Path]) -> dict[int, Path]:
    """Step → file: the last number in the name, or, where all files have the same name, in that of the folder.

    Raises:
        InputError: there is no number, or two files have the same.
    """
    same = len({path.name for path in paths}) == 1 and len(paths) > 1
    found: dict[int, Path] = {}
    for path in paths:
        numbers = re.findall(r"\d+", path.parent.name if same else path.stem)
        if not numbers:
            raise InputError(f"{path}: no step in its name; checkpoints are sorted by the last number in it")
        step = int(numbers[-1])
        if step >= 10**9:
            raise InputError(f"{path}: step {step} in its name; at most 9 digits are read as a step")
        if step in found:
            raise InputError(f"{path}: step {step} by its name, like {found[step]}")
        found[step] = path
    return dict(sorted(found.items()))


class CheckpointSeries(Source):
    """Checkpoints as one trajectory."""

    def __init__(self, files: Mapping[int, Path], row: Row, open_one: Open) -> None:
        self.steps, self._paths, self._row, self._open = list(files), list(files.values()), row, open_one
        self.name, self.replicas = str(row.path), 1
        with open_one(self._paths[0], row) as first:
            self._shapes = _matching(self._paths[0], first.shapes, (row.layers or "*").split())
            self.dtype = np.dtype("float64" if first.double else "float32")
        self.layers = {name: prod(shape) for name, shape in self._shapes.items()}
        # The others are looked at when they are read: there may be thousands.
        with open_one(self._paths[-1], row) as last:
            self._check(self._paths[-1], last.shapes)

    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight)."""
        return np.stack([self._flat(path) for path in self._paths[steps]])

    def _flat(self, path: Path) -> np.ndarray:
        with self._open(path, self._row) as checkpoint:
            self._check(path, checkpoint.shapes)
            return np.concatenate([checkpoint.values(n).ravel() for n in self._shapes]).astype(self.dtype, copy=False)

    def _check(self, path: Path, shapes: Mapping[str, Shape]) -> None:
        for name, shape in self._shapes.items():
            if shapes.get(name) != shape:
                told = f"has shape {shapes[name]}" if name in shapes else "is missing"
                raise InputError(f"{path}: parameter {name!r} {told}; in {self._paths[0].name} it has shape {shape}")


def _matching(path: Path, shapes: Mapping[str, Shape], patterns: Sequence[str]) -> dict[str, Shape]:
    for name in shapes:
        if not re.fullmatch(r"[!-~]{1,200}", name):
            raise InputError(f"{path}: a parameter is called {name!r}; allowed are ASCII letters without spaces")
    sizes = {name: prod(shape) for name, shape in shapes.items() if prod(shape) > 0}
    found = {name: tuple(shapes[name]) for name in choice.chosen(sizes, patterns, f"{path}: layers")}
    if len(found) > np.iinfo(np.int16).max:
        raise InputError(f"{path}: {len(found)} parameters are more than a recording can name; choose layers")
    check_claim(str(path), (sum(map(prod, found.values())),), 4, path.stat().st_size)
    return found
