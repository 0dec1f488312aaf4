"""Files appear under their names whole or not at all."""

from __future__ import annotations

import glob
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from traindyn.errors import InputError


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A name to write to; what was written there gets the name `path` when the block ends without an error.

    The folder is made if need be. After an error nothing is left, and a file that was there stays as it was.

    Raises:
        InputError: the file cannot be written: a full disk, no permission, …
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = partial(path)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def partial(path: Path) -> Path:
    """A name beside `path` that no other writer has, on whatever host; names of earlier ones that are left are removed.

    A file of that name belongs to a killed writer, or to one on a node that was given up: without it, that one cannot
    put its file in the place of ours.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        left.unlink(missing_ok=True)
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")


def check_writable(folders: Iterable[str | Path]) -> None:
    """Before a run: Snakemake removes what a job will make, and is no help where that is not allowed.

    Raises:
        InputError: a folder that is there cannot be written to.
    """
    for folder in map(Path, folders):
        if folder.is_dir() and not os.access(folder, os.W_OK):
            raise InputError(f"{folder}: cannot be written: no permission, or a read-only file system")


def unwritable(path: Path, error: OSError) -> InputError:
    """What is said of a file that cannot be written."""
    return InputError(f"{path}: cannot be written: {error.strerror or error}")
