"""Writes a recording as training goes on; the file gets its name only when it is whole."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5netcdf
import h5py
import numpy as np

from traindyn.recording.layout import DIMENSIONS, FORMAT, TESTS, chunk_shape, content_digest, coordinates
from traindyn.recording.partial import Partial, chunk_offsets, discard_partials, partial_path
from traindyn.recording.room import reserve, stored_bytes
from traindyn.whole import unwritable

BUFFER_BYTES = 64 << 20


class RecordingWriter:
    """Collects weights and losses step by step and writes them in blocks of steps.

    Args:
        path: the recording; until `close` the file is called `.<name>.<…>.partial` in the same folder.
        seeds, replicas: seed numbers, and replicas of each.
        steps: recorded step numbers, in order.
        layers: parameter name → number of its weights, in the order of the weight dimension.
        dtype: of the weights, float32 or float64.
        attributes: ASCII strings kept with the data (configuration, versions, …).
        test_steps: steps at which the test data are evaluated.

    Used as a context manager: an exception removes the partial file, unless a checkpoint relies on it (`kept`).
    """

    def __init__(
        self,
        path: Path,
        *,
        seeds: Sequence[int],
        replicas: int,
        steps: Sequence[int],
        layers: Mapping[str, int],
        dtype: str,
        attributes: Mapping[str, str],
        test_steps: Sequence[int] = (),
    ) -> None:
        self.path = Path(path)
        self.partial = partial_path(self.path)
        self.attributes = dict(attributes)
        self.coordinates = coordinates(seeds, replicas, steps, layers, test_steps)
        # Steps that the buffer holds; blocks of whole chunks, so that none is written twice.
        per_step = len(seeds) * replicas * sum(layers.values()) * np.dtype(dtype).itemsize
        held = max(1, BUFFER_BYTES // max(per_step, 1))
        self._open(np.dtype(dtype).itemsize, held)
        self._create(layers, np.dtype(dtype), held, with_tests=len(test_steps) > 0)
        chunk = self.file["weights"].chunks[2]
        self.block = max(1, held // chunk) * chunk
        self.pending: list[np.ndarray] = []
        self.scalars = {name: np.full(self.file[name].shape, np.nan) for name in self._scalars()}
        self.written = self.taken = self.tests = 0
        self.digest = hashlib.sha256()
        self.kept = False

    def _open(self, itemsize: int, held: int) -> None:
        """The file, with room on the disk for all that will be in it."""
        seeds, replicas, steps, weights, tests = (
            len(self.coordinates[name]) for name in ("seed", "replica", "step", "layer", "test_step")
        )
        scalars = 8 * seeds * replicas * (steps + len(TESTS) * tests + 1)
        beside = scalars + sum(values.nbytes for values in self.coordinates.values())
        chunks = chunk_shape(steps, weights, itemsize, tallest=held)
        size = stored_bytes((seeds, replicas, steps, weights), chunks, itemsize, beside)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.partial.touch()
            reserve(self.partial, size)
            # The latest file format carries checksums on its own metadata as well.
            self.hdf5 = h5py.File(self.partial, "w", libver="latest", track_order=True)
            reserve(self.partial, size)
        except OSError as error:
            self.partial.unlink(missing_ok=True)
            raise unwritable(self.path, error) from error
        self.file = h5netcdf.File(self.hdf5, "w")

    def _create(self, layers: Mapping[str, int], dtype: np.dtype, held: int, *, with_tests: bool) -> None:
        names = list(layers)
        sizes = {
            dimension: len(self.coordinates[dimension if dimension != "weight" else "layer"])
            for dimension in (*DIMENSIONS, *(["test_step"] if with_tests else []))
        }
        self.file.dimensions = sizes
        for name in ("seed", "replica", "step", *(["test_step"] if with_tests else [])):
            self._variable(name, (name,), self.coordinates[name].dtype, data=self.coordinates[name])
        self._variable("layer", ("weight",), np.dtype("int16"), data=self.coordinates["layer"])
        self.file["layer"].attrs["flag_values"] = np.arange(len(names), dtype="int16")
        self.file["layer"].attrs["flag_meanings"] = _fixed(" ".join(names))
        self.attributes["layers"] = " ".join(names)
        self._variable("index", ("weight",), np.dtype("int64"), data=self.coordinates["index"])
        chunks = chunk_shape(sizes["step"], sizes["weight"], dtype.itemsize, tallest=held)
        self._variable("weights", DIMENSIONS, dtype, chunks=chunks)
        self.file["weights"].attrs["coordinates"] = _fixed("layer index")
        self._variable("train_loss", DIMENSIONS[:3], np.dtype("float64"))
        self._variable("diverged_step", DIMENSIONS[:2], np.dtype("int64"))
        for name in TESTS if with_tests else ():
            self._variable(name, ("seed", "replica", "test_step"), np.dtype("float64"))

    def _variable(
        self,
        name: str,
        dimensions: Sequence[str],
        dtype: np.dtype,
        data: np.ndarray | None = None,
        chunks: tuple[int, ...] | None = None,
    ) -> None:
        chunks = chunks or tuple(self.file.dimensions[d].size for d in dimensions)
        variable = self.file.create_variable(name, tuple(dimensions), dtype, chunks=chunks, fletcher32=True)
        if data is not None:
            variable[...] = data

    def _scalars(self) -> tuple[str, ...]:
        return ("train_loss", *(TESTS if "test_step" in self.file.dimensions else ()))

    def write(self, weights: np.ndarray, train_loss: np.ndarray) -> None:
        """The next recorded step: weights (seed, replica, weight) and losses (seed, replica)."""
        self.pending.append(weights)
        self.scalars["train_loss"][:, :, self.taken] = train_loss
        self.taken += 1
        if len(self.pending) >= self.block:
            self.flush()

    def write_test(self, loss: np.ndarray, accuracy: np.ndarray, train_accuracy: np.ndarray) -> None:
        """The next evaluation: loss and accuracy on the test data, accuracy on the training step's own batch.

        (seed, replica) each; NaN where accuracy means nothing.
        """
        for name, values in zip(TESTS, (loss, accuracy, train_accuracy), strict=True):
            self.scalars[name][:, :, self.tests] = values
        self.tests += 1

    def write_scalar(self, name: str, values: np.ndarray) -> None:
        """One more variable by recorded step, (seed, replica, step), written at once."""
        self._variable(name, DIMENSIONS[:3], np.dtype("float64"), data=values)

    def flush(self) -> None:
        """Write what is pending."""
        if self.pending:
            self._write_block(len(self.pending), lambda s, r: np.stack([weights[s, r] for weights in self.pending]))
            self.pending.clear()

    def _write_block(self, steps: int, block: Callable[[int, int], np.ndarray]) -> None:
        """The next steps; block(seed, replica) gives their weights (step, weight) of one network."""
        where = slice(self.written, self.written + steps)
        # One network at a time: a copy of everything pending would double the memory.
        for seed, replica in np.ndindex(self.file["weights"].shape[:2]):
            values = block(seed, replica)
            self.digest.update(values.data)
            self.file["weights"][seed, replica, where, :] = values
        # At once, not when a checkpoint wants it: the file's bytes must not depend on the moment.
        self.hdf5.flush()
        self.written = where.stop

    def state(self) -> dict[str, Any]:
        """What a checkpoint needs to know: all that is not in the partial file yet, and where in it the rest lies.

        That rest is on the disk when this returns. Arrays, numbers and strings only.
        """
        with self.partial.open("rb") as file:
            os.fsync(file.fileno())
        return {
            "partial": self.partial.name,
            "written": self.written,
            "digest": self.digest.hexdigest(),
            "offsets": chunk_offsets(self.hdf5["weights"]),
            "pending": list(self.pending),
            "scalars": self.scalars,
            "tests": self.tests,
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state` of another writer of the same recording, which may have died at any moment since.

        Raises:
            ValueError, OSError: if its partial file does not hold what it held then; nothing has happened yet.
        """
        if state["written"]:
            with Partial(self.path.with_name(state["partial"]), self.hdf5["weights"], state["offsets"]) as partial:
                self._copy(partial, state["written"], state["digest"])
        self.pending = list(state["pending"])
        self.scalars = {name: state["scalars"][name].copy() for name in self.scalars}
        self.taken, self.tests = self.written + len(self.pending), state["tests"]

    def _copy(self, partial: Partial, written: int, digest: str) -> None:
        blocks = [range(start, min(start + self.block, written)) for start in range(0, written, self.block)]
        partial.check(blocks, digest)
        for steps in blocks:
            self._write_block(len(steps), functools.partial(partial.read, steps=steps))

    def keep(self) -> None:
        """From now on a checkpoint relies on the partial file: it stays, whatever happens; those of others go."""
        self.kept = True
        self.discard_others()

    def discard_others(self) -> None:
        """Remove what earlier writers of this recording, dead ones, have left."""
        discard_partials(self.path, but=self.partial)

    def close(self, diverged_step: np.ndarray) -> None:
        """Finish the file and give it its name. diverged_step (seed, replica): first non-finite step, or −1."""
        self.flush()
        if self.written != len(self.coordinates["step"]) or self.tests != len(self.coordinates["test_step"]):
            raise RuntimeError(f"{self.path}: {self.written} of {len(self.coordinates['step'])} steps were written")
        for name, values in self.scalars.items():
            self.file[name][...] = values
        self.coordinates["diverged_step"] = diverged_step.astype(np.int64)
        self.file["diverged_step"][...] = self.coordinates["diverged_step"]
        self.attributes["traindyn_recording"] = str(FORMAT)
        self.file.attrs.update({name: _fixed(text) for name, text in self.attributes.items()})
        present = {k: v for k, v in self.coordinates.items() if k in self.file.variables}
        self.file.attrs["checksum"] = _fixed(content_digest(self.attributes, present))
        self._close_file()
        os.truncate(self.partial, self.partial.stat().st_size)  # frees what was reserved beyond the end
        self.partial.replace(self.path)

    def _close_file(self) -> None:
        self.file.close()
        self.hdf5.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.hdf5:
            try:
                self._close_file()
            finally:
                if not self.kept:
                    self.partial.unlink(missing_ok=True)


def _fixed(text: str) -> np.bytes_:
    """A string of fixed length (ASCII): those of varying length lie on a heap that HDF5 does not check."""
    return np.bytes_(text.encode("ascii"))
