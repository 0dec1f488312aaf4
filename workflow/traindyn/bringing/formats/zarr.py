"""Zarr: an array in a folder of chunks (the extra `formats` brings the library)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from traindyn.bringing.extras import needed
from traindyn.bringing.formats.which import which_array
from traindyn.bringing.source import FREE_BYTES, ArraySource, Source, check_claim
from traindyn.config import Row
from traindyn.errors import InputError

DESCRIPTIONS = ("zarr.json", ".zarray")
# What numcodecs offers beside these may decode by running code (pickle) or holds objects.
CODECS = {
    *("bytes", "transpose", "sharding_indexed", "crc32c", "blosc", "gzip", "zstd"),
    *("zlib", "bz2", "lzma", "lz4", "shuffle", "delta", "crc32", "adler32", "fletcher32"),
}


def opened(path: Path, row: Row, files: ExitStack) -> Source:
    """One array of a folder, read as it is asked for.

    Raises:
        InputError: no zarr, a codec that may run code, an array that claims more than its chunks can hold.
    """
    zarr = needed("zarr", str(path))
    for found in (file for name in DESCRIPTIONS for file in path.rglob(name)):
        _check_description(found)
    stored = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    try:
        root = zarr.open(str(path), mode="r")
        arrays = {"": root} if isinstance(root, zarr.Array) else _arrays(root, zarr)
        array = _checked(path, arrays[which_array(str(path), _shapes(arrays), row.key, but=row.loss)], stored)
        losses = None if row.loss is None else arrays[which_array(str(path), _shapes(arrays), row.loss)]
        return ArraySource(str(path), _Read(path, array), losses)
    except InputError:
        raise
    except Exception as error:  # zarr answers damage with errors of many kinds
        raise InputError(f"{path}: damaged or no zarr folder ({type(error).__name__}: {error})") from error


class _Read:
    """An array, of which damage is said in one line."""

    def __init__(self, path: Path, array: Any) -> None:
        self._path, self._array = path, array
        self.shape, self.dtype = array.shape, array.dtype

    def __getitem__(self, where: Any) -> Any:
        try:
            return self._array[where]
        except Exception as error:  # codecs have errors of their own
            raise InputError(f"{self._path}: a chunk cannot be read ({type(error).__name__}: {error})") from error


def _arrays(group: Any, zarr: Any) -> dict[str, Any]:
    return {name: item for name, item in group.members(max_depth=None) if isinstance(item, zarr.Array)}


def _shapes(arrays: dict[str, Any]) -> dict[str, tuple[int, ...] | None]:
    return {name: array.shape if array.dtype.kind in "fiu" else None for name, array in arrays.items()}


def _checked(path: Path, array: Any, stored: int) -> Any:
    check_claim(str(path), array.shape, array.dtype.itemsize, stored)
    check_claim(f"{path}, a chunk", array.chunks, array.dtype.itemsize, max(stored, FREE_BYTES))
    return array


def _check_description(path: Path) -> None:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: no description of a zarr array ({error})") from error
    for codec in _codecs(raw):
        if codec not in CODECS:
            raise InputError(
                f"{path}: codec {codec!r}; allowed are those that only hold numbers: {', '.join(sorted(CODECS))}"
            )


def _codecs(raw: Any) -> list[str]:
    """Names of all codecs in a description, of both versions of the format."""
    if isinstance(raw, list):
        return [name for item in raw for name in _codecs(item)]
    if not isinstance(raw, dict):
        return []
    found = [raw[key]["id"] for key in ("compressor",) if isinstance(raw.get(key), dict) and "id" in raw[key]]
    found += [f["id"] for f in raw.get("filters") or [] if isinstance(f, dict) and "id" in f]
    for key in ("codecs", "index_codecs"):
        for codec in raw.get(key) or []:
            name = codec.get("name") if isinstance(codec, dict) else codec
            found += [str(name), *(_codecs(codec.get("configuration")) if isinstance(codec, dict) else [])]
    return [str(name) for name in found]
