"""NumPy's `.npy`: read where it lies."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy

from traindyn.bringing.source import ArraySource, Source, kept_dtype
from traindyn.config import Row
from traindyn.errors import InputError


@dataclass(frozen=True)
class Header:
    """What the first bytes of a `.npy` say. start: bytes before the values."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype
    start: int

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return self.start + prod(self.shape) * self.dtype.itemsize

    def mapped(self, file: BinaryIO | Path) -> np.ndarray:
        """The array, read as it is asked for."""
        order = "F" if self.fortran_order else "C"
        return np.memmap(file, self.dtype, "r", self.start, self.shape, order)  # type: ignore[call-overload]


def read_header(file: BinaryIO, name: str) -> Header:
    """The header at the start of a file.

    Raises:
        InputError: there is none, its values are Python objects, or it is longer than such a header can be.
    """
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, dtype = read(file)
        shape = tuple(map(int, shape))
    except Exception as error:  # NumPy evaluates the header as a Python literal, and answers damage in many ways
        raise InputError(f"{name}: no array of NumPy's .npy format ({error})") from error
    kept_dtype(dtype, name)
    if any(size < 0 for size in shape):
        raise InputError(f"{name}: shape {shape} in its header")
    return Header(shape, fortran_order, dtype, file.tell())


def opened(path: Path, row: Row, files: ExitStack) -> Source:
    """The array of a file.

    Raises:
        InputError: no array, one of Python objects, or fewer or more bytes than its header says.
    """
    file = files.enter_context(path.open("rb"))
    header = read_header(file, str(path))
    found = path.stat().st_size
    if found != header.size:
        raise InputError(f"{path}: {found:,} bytes, but its header announces {header.size:,}: truncated or damaged")
    if 0 in header.shape:
        return ArraySource(str(path), np.empty(header.shape, header.dtype))
    return ArraySource(str(path), header.mapped(path))
