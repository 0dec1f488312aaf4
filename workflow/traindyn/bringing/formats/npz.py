"""NumPy's `.npz`: arrays in a zip archive, of which nothing is extracted under its own name."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from traindyn.bringing.formats.npy import Header, read_header
from traindyn.bringing.formats.which import which_array
from traindyn.bringing.source import ArraySource, Source, check_claim
from traindyn.config import Row
from traindyn.errors import InputError


def opened(path: Path, row: Row, files: ExitStack) -> Source:
    """One array of an archive; its bytes are unpacked, and their checksum compared, when the first value is read.

    Raises:
        InputError: no archive, members with names or sizes that no array has, no array of that key.
    """
    try:
        archive = files.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path}: not a .npz archive ({error})") from error
    _check_names(path, archive.namelist())
    members = {info.filename.removesuffix(".npy"): _Member(path, archive, info, files) for info in archive.infolist()}
    array = members[which_array(str(path), {name: m.shape for name, m in members.items()}, row.key, but=row.loss)]
    losses = None if row.loss is None else members[which_array(str(path), dict.fromkeys(members), row.loss)]
    return ArraySource(array.name, array, losses)


def _check_names(path: Path, names: Iterable[str]) -> None:
    names = list(names)
    for name in names:
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or not name.endswith(".npy"):
            raise InputError(f"{path}: member {name!r} is not an array; an archive of np.savez holds names like x.npy")
        if names.count(name) > 1:
            raise InputError(f"{path}: member {name!r} is in the archive twice")


class _Member:
    """An array of an archive: its header at once, its values when they are asked for."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, files: ExitStack) -> None:
        self.name = f"{path}, array {info.filename.removesuffix('.npy')!r}"
        self._archive, self._info, self._files = archive, info, files
        self._header = self._read_header()
        self.shape, self.dtype = self._header.shape, self._header.dtype

    def _read_header(self) -> Header:
        try:
            with self._archive.open(self._info) as file:
                header = read_header(file, self.name)  # type: ignore[arg-type]
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise InputError(f"{self.name}: cannot be read ({error})") from error
        if header.size != self._info.file_size:
            raise InputError(f"{self.name}: {self._info.file_size:,} bytes, but its header announces {header.size:,}")
        check_claim(self.name, header.shape, header.dtype.itemsize, self._info.compress_size)
        return header

    @cached_property
    def _values(self) -> np.ndarray:
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        # A file without a name, since arrays in an archive may be packed, and larger than the memory.
        unpacked = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        try:
            with self._archive.open(self._info) as file:
                shutil.copyfileobj(file, unpacked, 1 << 20)
        except Exception as error:  # zlib, lzma and zipfile have errors of their own
            raise InputError(f"{self.name}: damaged ({error})") from error
        unpacked.flush()
        return self._header.mapped(unpacked)

    def __getitem__(self, where: Any) -> np.ndarray:
        return self._values[where]
