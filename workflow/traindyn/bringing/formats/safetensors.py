"""Checkpoints in the safetensors format (the extra `formats` brings the library)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from traindyn.bringing.extras import needed
from traindyn.bringing.formats.checkpoints import Checkpoint
from traindyn.config import Row
from traindyn.errors import InputError

FLOATS = ("F64", "F32", "F16", "BF16")


@contextmanager
def opened_one(path: Path, row: Row) -> Iterator[Checkpoint]:
    """The tensors of one file, read as they are asked for.

    Raises:
        InputError: the file is damaged.
    """
    safetensors = needed("safetensors", str(path))
    if row.key is not None:
        raise InputError(f"{path}: a safetensors file has no state dicts to choose from; leave key empty")
    try:
        with safetensors.safe_open(path, framework="np") as file:
            yield _Tensors(path, file)
    except InputError:
        raise
    except Exception as error:  # of the library's own kinds
        raise InputError(f"{path}: damaged or no safetensors file ({error})") from error


class _Tensors(Checkpoint):
    def __init__(self, path: Path, file: Any) -> None:
        self._path, self._file = path, file
        slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118, it is no mapping
        kinds = {name: piece.get_dtype() for name, piece in slices.items()}
        self._kinds = kinds
        self.shapes = {name: tuple(slices[name].get_shape()) for name in slices if kinds[name] in FLOATS}
        self.double = "F64" in kinds.values()

    def values(self, name: str) -> np.ndarray:
        """A tensor's values."""
        if self._kinds[name] == "BF16":  # which NumPy does not know
            torch = needed("safetensors.torch", str(self._path))
            return torch.load_file(self._path)[name].float().numpy()
        found = self._file.get_tensor(name)
        return found if found.dtype == np.float64 else found.astype(np.float32)
