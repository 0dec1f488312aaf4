"""HDF5 and netCDF4: an array in a file, or a recording of this project."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import h5py

from traindyn.bringing.formats import recording
from traindyn.bringing.formats.which import which_array
from traindyn.bringing.source import FREE_BYTES, ArraySource, Source, check_claim
from traindyn.config import Row
from traindyn.errors import InputError


def opened(path: Path, row: Row, files: ExitStack) -> Source:
    """One array of a file, read as it is asked for.

    Raises:
        InputError: the file is damaged, or the array lies in another file or claims more than this one can hold.
    """
    try:
        file = files.enter_context(h5py.File(path, "r"))
        if "traindyn_recording" in file.attrs:
            return recording.opened(path, row, files)
        found = _datasets(file)
        array = _checked(path, found[which_array(str(path), _shapes(found), row.key, but=row.loss)])
        losses = None if row.loss is None else _checked(path, found[which_array(str(path), _shapes(found), row.loss)])
        return ArraySource(f"{path}, array {array.name!r}", _Read(path, array), losses)
    except InputError:
        raise
    except Exception as error:  # HDF5 answers damage with errors of many kinds
        raise InputError(f"{path}: damaged, truncated or no HDF5 file ({error})") from error


class _Read:
    """A dataset, of which damage is said in one line."""

    def __init__(self, path: Path, dataset: h5py.Dataset) -> None:
        self._path, self._dataset = path, dataset
        self.shape, self.dtype = dataset.shape, dataset.dtype

    def __getitem__(self, where: Any) -> Any:
        try:
            return self._dataset[where]
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"{self._path}: array {self._dataset.name!r} cannot be read ({error})") from error


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """The arrays of a file by name. Links to other files, and soft ones, are not followed."""
    found: dict[str, h5py.Dataset] = {}
    file.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def _shapes(found: dict[str, h5py.Dataset]) -> dict[str, tuple[int, ...] | None]:
    return {name: dataset.shape if dataset.dtype.kind in "fiu" else None for name, dataset in found.items()}


def _checked(path: Path, dataset: h5py.Dataset) -> h5py.Dataset:
    name = f"{path}, array {dataset.name!r}"
    if dataset.external or dataset.is_virtual:
        raise InputError(f"{name}: its values lie in other files; needed is an array that holds them itself")
    if {"scale_factor", "add_offset"} & set(dataset.attrs):
        raise InputError(f"{name}: packed values (scale_factor, add_offset); save the numbers themselves")
    if dataset.shape is None:
        raise InputError(f"{name}: no values")
    check_claim(name, dataset.shape, dataset.dtype.itemsize, dataset.id.get_storage_size())
    if dataset.chunks is not None:
        check_claim(f"{name}, a chunk", dataset.chunks, dataset.dtype.itemsize, max(path.stat().st_size, FREE_BYTES))
    return dataset
