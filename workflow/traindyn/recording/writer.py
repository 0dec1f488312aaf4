"""Writes a recording as training goes on; the file gets its name only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import h5netcdf
import numpy as np

from traindyn.recording.layout import DIMENSIONS, FORMAT, TESTS, chunk_shape, content_digest

BUFFER_BYTES = 64 << 20


class RecordingWriter:
    """Collects weights and losses step by step and writes them in blocks of steps.

    Args:
        path: the recording; until `close` the file is called `.<name>.partial` in the same folder.
        seeds, replicas: seed numbers, and replicas of each.
        steps: recorded step numbers, in order.
        layers: parameter name → number of its weights, in the order of the weight dimension.
        dtype: of the weights, float32 or float64.
        attributes: ASCII strings kept with the data (configuration, versions, …).
        test_steps: steps at which the test data are evaluated.

    Used as a context manager: an exception removes the partial file.
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
        self.partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        self.attributes = dict(attributes)
        self.coordinates = _coordinates(seeds, replicas, steps, layers, test_steps)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # The latest file format carries checksums on its own metadata as well.
        self.file = h5netcdf.File(self.partial, "w", libver="latest")
        # Steps that the buffer holds; blocks of whole chunks, so that none is written twice.
        per_step = len(seeds) * replicas * sum(layers.values()) * np.dtype(dtype).itemsize
        held = max(1, BUFFER_BYTES // max(per_step, 1))
        self._create(layers, np.dtype(dtype), held, with_tests=len(test_steps) > 0)
        chunk = self.file["weights"].chunks[2]
        self.block = max(1, held // chunk) * chunk
        self.pending: list[tuple[np.ndarray, np.ndarray]] = []
        self.written = self.tests = 0

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

    def write(self, weights: np.ndarray, train_loss: np.ndarray) -> None:
        """The next recorded step: weights (seed, replica, weight) and losses (seed, replica)."""
        self.pending.append((weights, train_loss))
        if len(self.pending) >= self.block:
            self.flush()

    def write_test(self, loss: np.ndarray, accuracy: np.ndarray, train_accuracy: np.ndarray) -> None:
        """The next evaluation: loss and accuracy on the test data, accuracy on the training step's own batch.

        (seed, replica) each; NaN where accuracy means nothing.
        """
        for name, values in zip(TESTS, (loss, accuracy, train_accuracy), strict=True):
            self.file[name][:, :, self.tests] = values
        self.tests += 1

    def write_scalar(self, name: str, values: np.ndarray) -> None:
        """One more variable by recorded step, (seed, replica, step), written at once."""
        self._variable(name, DIMENSIONS[:3], np.dtype("float64"), data=values)

    def flush(self) -> None:
        """Write what is pending."""
        if not self.pending:
            return
        where = slice(self.written, self.written + len(self.pending))
        # One network at a time: a copy of everything pending would double the memory.
        for seed, replica in np.ndindex(self.pending[0][1].shape):
            self.file["weights"][seed, replica, where, :] = np.stack([w[seed, replica] for w, _ in self.pending])
        self.file["train_loss"][:, :, where] = np.stack([loss for _, loss in self.pending], axis=2)
        self.written = where.stop
        self.pending.clear()

    def close(self, diverged_step: np.ndarray) -> None:
        """Finish the file and give it its name. diverged_step (seed, replica): first non-finite step, or −1."""
        self.flush()
        if self.written != len(self.coordinates["step"]) or self.tests != len(self.coordinates["test_step"]):
            raise RuntimeError(f"{self.path}: {self.written} of {len(self.coordinates['step'])} steps were written")
        self.coordinates["diverged_step"] = diverged_step.astype(np.int64)
        self.file["diverged_step"][...] = self.coordinates["diverged_step"]
        self.attributes["traindyn_recording"] = str(FORMAT)
        self.file.attrs.update({name: _fixed(text) for name, text in self.attributes.items()})
        present = {k: v for k, v in self.coordinates.items() if k in self.file.variables}
        self.file.attrs["checksum"] = _fixed(content_digest(self.attributes, present))
        self.file.close()
        self.partial.replace(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.partial.exists():
            self.file.close()
            self.partial.unlink()


def _fixed(text: str) -> np.bytes_:
    """A string of fixed length (ASCII): those of varying length lie on a heap that HDF5 does not check."""
    return np.bytes_(text.encode("ascii"))


def _coordinates(
    seeds: Sequence[int], replicas: int, steps: Sequence[int], layers: Mapping[str, int], test_steps: Sequence[int]
) -> dict[str, np.ndarray]:
    return {
        "seed": np.asarray(seeds, dtype=np.int64),
        "replica": np.arange(replicas, dtype=np.int64),
        "step": np.asarray(steps, dtype=np.int64),
        "layer": np.repeat(np.arange(len(layers), dtype=np.int16), list(layers.values())),
        "index": np.concatenate([np.arange(n, dtype=np.int64) for n in layers.values()]),
        "test_step": np.asarray(test_steps, dtype=np.int64),
    }
