"""A row → its source: which format is it, and which files does it read?"""

from __future__ import annotations

import glob
import importlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from traindyn.bringing.chosen import Together, chosen, numbered
from traindyn.bringing.formats.checkpoints import series
from traindyn.bringing.source import ArraySource, Source
from traindyn.config import Row
from traindyn.errors import InputError

ARRAYS = {".npy": "npy", ".npz": "npz", ".zarr": "zarr", **dict.fromkeys((".h5", ".hdf5", ".nc", ".nc4"), "hdf5")}
CHECKPOINTS = {".safetensors": "safetensors", **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin"), "state_dicts")}


@contextmanager
def opened(rows: Sequence[Row]) -> Iterator[Source]:
    """The source of one seed: headers are read at once, values when they are asked for.

    Raises:
        InputError: one line that names the file and what is wrong with it.
    """
    with ExitStack() as files:
        sources = [_opened(row, files) for row in rows]
        yield sources[0] if len(sources) == 1 and rows[0].replica is None else Together(sources)


def files_of(row: Row) -> list[str]:
    """Every file that a row reads.

    Raises:
        InputError: there is none, or none of a known format.
    """
    path = Path(row.path)
    if path.suffix == ".zarr" and path.is_dir():
        return sorted(str(file) for file in path.rglob("*") if file.is_file())
    return [str(file) for file in _checkpoints(path)] if _is_series(path) else [row.path]


def _opened(row: Row, files: ExitStack) -> Source:
    path = Path(row.path)
    if _is_series(path):
        paths = _checkpoints(path)
        return chosen(series(paths, row, _format(CHECKPOINTS[paths[0].suffix]).opened_one), row)
    if path.suffix not in ARRAYS:
        raise InputError(f"{path}: unknown kind of file; allowed: {', '.join((*ARRAYS, *CHECKPOINTS))}")
    if not (path.is_dir() if path.suffix == ".zarr" else path.is_file()):
        raise InputError(f"{path}: no such {'folder' if path.suffix == '.zarr' else 'file'}")
    source = _format(ARRAYS[path.suffix]).opened(path, row, files)
    if isinstance(source, ArraySource):
        source.steps = numbered(row, len(source.steps))
        row = row.model_copy(update={"start": None, "every": None})
    return chosen(source, row)


def _format(name: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"traindyn.bringing.formats.{name}")


def _is_series(path: Path) -> bool:
    if path.suffix in ARRAYS and path.exists():
        return False
    return path.is_dir() or path.suffix in CHECKPOINTS or (glob.has_magic(str(path)) and not path.exists())


def _checkpoints(path: Path) -> list[Path]:
    """The checkpoints of a folder, or of a pattern."""
    if path.is_dir():
        found = [file for file in path.iterdir() if file.suffix in CHECKPOINTS and file.is_file()]
    else:
        found = [Path(name) for name in ([str(path)] if path.exists() else glob.glob(str(path)))]  # noqa: PTH207, patterns are whole paths
    found = sorted(found)
    kinds = sorted({file.suffix for file in found})
    if not found:
        raise InputError(f"{path}: no checkpoint there; allowed: {', '.join(CHECKPOINTS)}")
    if len(kinds) > 1 or kinds[0] not in CHECKPOINTS:
        raise InputError(f"{path}: files of the kinds {', '.join(kinds)}; needed is one of: {', '.join(CHECKPOINTS)}")
    return found
