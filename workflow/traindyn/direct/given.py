"""What a caller names → labelled rows, one for each seed, and their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from traindyn.bringing import ArraySource, Source, opened
from traindyn.config import Row
from traindyn.errors import InputError
from traindyn.recording import open_recording

Recordable = str | Path | np.ndarray


@dataclass(frozen=True)
class Seed:
    """One seed of a group: a row of a sheet, or an array in memory."""

    label: str
    number: int
    row: Row | None = None
    array: np.ndarray | None = None

    @contextmanager
    def source(self) -> Iterator[Source]:
        """Its trajectories.

        Raises:
            InputError: what cannot be read, with its file.
        """
        with ExitStack() as files:
            if self.row is not None:
                yield files.enter_context(opened([self.row]))
            elif self.array is not None:
                yield ArraySource(f"array of {self.label!r}", self.array)


def seeds_of(recordings: Mapping[str, Recordable | Sequence[Recordable]]) -> dict[str, list[Seed]]:
    """Label → its seeds, numbered 0, 1, … in the given order; a recording of this project brings all that it holds.

    Raises:
        InputError: a label that cannot be one, nothing to read, or a damaged recording.
    """
    if not recordings:
        raise InputError("recordings: none given")
    found = {label: list(_numbered(label, given)) for label, given in recordings.items()}
    for label, seeds in found.items():
        if not seeds:
            raise InputError(f"recordings of {label!r}: none given")
    return found


def labelled(arguments: Sequence[str]) -> dict[str, list[str]]:
    """`label=path` or `path`, which is labelled by its name: label → paths.

    Raises:
        InputError: two files without a label have the same name.
    """
    found: dict[str, list[str]] = {}
    unnamed: set[str] = set()
    for argument in arguments:
        label, equals, path = argument.partition("=")
        if not equals or Path(argument).exists():
            label, path = _label(Path(argument)), argument
            if label in found:
                raise InputError(f"{argument}: a second recording called {label!r}; say what each is: label=path")
            unnamed.add(label)
        elif label in unnamed:
            raise InputError(f"{argument}: {label!r} is the name of another recording already; choose another label")
        found.setdefault(label, []).append(path)
    return found


def _label(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9 _.+=/()-]", "_", path.stem).lstrip(" _.+=/()-")[:64] or "recording"


def _numbered(label: str, given: Recordable | Sequence[Recordable]) -> Iterator[Seed]:
    each = [given] if isinstance(given, str | Path | np.ndarray) else list(given)
    number = 0
    for thing in each:
        for key in [None] if isinstance(thing, np.ndarray) else _seeds_in(Path(thing)):
            array = thing if isinstance(thing, np.ndarray) else None
            yield Seed(
                label, number, row=None if array is not None else _row(label, number, str(thing), key), array=array
            )
            number += 1


def _row(label: str, seed: int, path: str, key: str | None) -> Row:
    try:
        return Row(label=label, seed=seed, path=path, key=key)
    except ValueError as error:
        raise InputError(
            f"label {label!r}, path {path!r}: a label is up to 64 letters, digits, and  _.+=/()-"
        ) from error


def _seeds_in(path: Path) -> list[str | None]:
    """The seeds of a recording of this project; of anything else, the one that it is."""
    if path.suffix not in (".h5", ".hdf5", ".nc", ".nc4") or not path.is_file():
        return [None]
    try:
        with h5py.File(path, "r") as file:
            if "traindyn_recording" not in file.attrs:
                return [None]
    except Exception as error:  # HDF5 answers damage with errors of many kinds
        raise InputError(f"{path}: damaged, truncated or no HDF5 file ({error})") from error
    with open_recording(path) as recording:
        return [str(seed) for seed in recording.seeds.tolist()]
