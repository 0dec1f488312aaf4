"""Reads recordings, and believes none of them unchecked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from traindyn.errors import InputError
from traindyn.recording.layout import COORDINATES, DIMENSIONS, FORMAT, UNFINISHED, content_digest, unfinished


class Recording:
    """An open recording. Get one from `open_recording`.

    Attributes:
        path: the file.
        seeds (seed,), steps (step,): coordinates.
        replicas, weights: sizes of these dimensions.
        dtype: precision of the weights.
        chunk_weights: weights that the file holds together.
        attributes: strings kept with the data.
        diverged_step (seed, replica): first step with NaN or Inf, −1 where there was none.
    """

    def __init__(self, file: h5py.File, path: Path) -> None:
        self.path = path
        self._file = file
        self.attributes = {key: value.decode() for key, value in file.attrs.items() if key != "_NCProperties"}
        coordinates = {name: np.asarray(file[name][...]) for name in COORDINATES if name in file}
        self._check(coordinates)
        self.seeds, self.steps = coordinates["seed"], coordinates["step"]
        self.diverged_step = coordinates["diverged_step"]
        self.test_steps = coordinates.get("test_step", np.empty(0, dtype=np.int64))
        self._layer, self._index = coordinates["layer"], coordinates["index"]
        self.replicas, self.weights = len(coordinates["replica"]), len(self._layer)
        stored = file["weights"]
        self.dtype, self.chunk_weights = stored.dtype, (stored.chunks or stored.shape)[-1]

    def _check(self, coordinates: dict[str, np.ndarray]) -> None:
        if self.attributes.get("traindyn_recording") != str(FORMAT):
            raise InputError(f"{self.path}: not a traindyn recording of format {FORMAT}")
        attributes = {key: value for key, value in self.attributes.items() if key != "checksum"}
        if content_digest(attributes, coordinates) != self.attributes.get("checksum"):
            raise InputError(f"{self.path}: damaged recording: coordinates or attributes do not match their checksum")
        weights = self._file["weights"]
        # By shape: HDF5 keeps names of dimensions on an unchecked heap, and can hang on a damaged one.
        shape = tuple(len(coordinates["layer" if name == "weight" else name]) for name in DIMENSIONS)
        if weights.shape != shape or weights.dtype.kind != "f":
            raise InputError(f"{self.path}: weights must be floats with dimensions {', '.join(DIMENSIONS)}")

    def diverged(self, seed: int) -> bool:
        """Whether a replica of the seed met NaN or Inf."""
        return bool((self.diverged_step[self.position(seed)] >= 0).any())

    def trajectories(self, seed: int) -> np.ndarray:
        """Weights (replica, step, weight) of one seed, in the recorded precision, all in memory.

        Raises:
            InputError: if the file's bytes are damaged, or weights are not finite although no divergence is noted.
        """
        return self.select(seed)[:, :, :]

    def select(
        self, seed: int, replicas: slice | np.ndarray = slice(None), steps: slice = slice(None)
    ) -> StoredTrajectories:
        """The same for some replicas and a range of recorded steps, left in the file until blocks of it are read."""
        return StoredTrajectories(self, seed, replicas, steps)

    def read_weights(self, seed: int, replica: int, steps: slice, weights: slice) -> np.ndarray:
        """Weights (step, weight) of one network; errors as `trajectories`."""
        values = self._read("weights", (self.position(seed), replica, steps, weights))
        if not self.diverged(seed) and not np.isfinite(values).all():
            step = self.steps[steps][np.argwhere(~np.isfinite(values))[0, 0]]
            raise InputError(
                f"{self.path}: weights of seed {seed}, replica {replica} are not finite at step {step},"
                " but no divergence is noted"
            )
        return values

    def snapshot(self, seed: int, replica: int, place: int) -> np.ndarray:
        """Weights (weight,) of one network at one place among the recorded steps; errors as `trajectories`."""
        return self.read_weights(seed, replica, slice(place, place + 1), slice(None))[0]

    def scalars(self, name: str) -> np.ndarray | None:
        """train_loss (seed, replica, step), or one of TESTS (seed, replica, test_step); None if absent."""
        return self._read(name, ...) if name in self._file else None

    @property
    def layers(self) -> dict[str, int]:
        """Layer → number of its weights, in the order of the weight dimension."""
        names = self.attributes["layers"].split()
        return dict(zip(names, np.bincount(self._layer, minlength=len(names)).tolist(), strict=True))

    def weight_name(self, weight: int) -> str:
        """Layer and index of one weight, as in `output.weight[3]`."""
        return f"{self.attributes['layers'].split()[self._layer[weight]]}[{self._index[weight]}]"

    def position(self, seed: int) -> int:
        """Place of a seed in the seed dimension."""
        return int(np.flatnonzero(self.seeds == seed)[0])

    def _read(self, name: str, where: Any) -> np.ndarray:
        try:
            return np.asarray(self._file[name][where])
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise InputError(f"{self.path}: damaged recording: {name} cannot be read ({error})") from error


class StoredTrajectories:
    """Weights (replica, step, weight) of one seed in a recording; indexed with three slices, these are read.

    Attributes:
        shape: as of an array.
        chunk_weights: weights that the file holds together.
    """

    def __init__(self, recording: Recording, seed: int, replicas: slice | np.ndarray, steps: slice) -> None:
        self._recording, self._seed = recording, seed
        self._replicas = np.arange(recording.replicas)[replicas]
        self._steps = range(len(recording.steps))[steps]
        self.shape = (len(self._replicas), len(self._steps), recording.weights)
        self.chunk_weights = recording.chunk_weights

    def __getitem__(self, where: tuple[slice, slice, slice]) -> np.ndarray:
        replicas, steps, weights = where
        chosen = self._steps[steps]
        stored = slice(chosen.start, chosen.stop, chosen.step)
        found = self._replicas[replicas]
        block = np.empty((len(found), len(chosen), len(range(self.shape[2])[weights])), self._recording.dtype)
        # One network after the other, as chunks are stored.
        for one, replica in zip(block, found, strict=True):
            one[:] = self._recording.read_weights(self._seed, replica, stored, weights)
        return block


@contextmanager
def open_recording(path: str | Path) -> Iterator[Recording]:
    """Open a recording for reading.

    Raises:
        InputError: if the file is missing, damaged, truncated or not a recording.
    """
    path = Path(path)
    if not path.is_file() or path.suffix == UNFINISHED:
        raise InputError(_absent(path))
    file = None
    try:
        # Not h5netcdf: it complains aloud, past any handler, when a file that it could not open is thrown away.
        file = h5py.File(path, "r")
        recording = Recording(file, path)
    except InputError:
        _close(file)
        raise
    except Exception as error:  # HDF5 answers damage with errors of many kinds
        _close(file)
        raise InputError(f"{path}: damaged, truncated or not a recording ({error})") from error
    try:
        yield recording
    finally:
        _close(file)


def _absent(path: Path) -> str:
    """Why there is nothing to read."""
    whole = path.with_suffix("") if path.suffix == UNFINISHED else path
    if not unfinished(whole).is_file():
        return f"{path}: no such recording"
    how = f"traindyn.recover({str(whole)!r}) makes a recording of what there is"
    return f"{path}: unfinished: its training still runs, or was ended before its end; {how}"


def _close(file: h5py.File | None) -> None:
    if file is not None:
        file.close()
