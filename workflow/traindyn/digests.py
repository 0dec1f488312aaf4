"""Digests of what jobs wrote, compared before other jobs read it.

Neither Parquet nor CSV shows every flipped byte, and a file may be whole and another job's. A digest lies in
`.snakemake/digests/<file>.sha256`, in the form of `sha256sum`; files without one are none of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from traindyn.errors import InputError

FOLDER = Path(".snakemake", "digests")


def forget(paths: Iterable[str]) -> None:
    """For files that are about to be written: if their job is killed, nothing shall be said of them."""
    for path in paths:
        _listed(path).unlink(missing_ok=True)


def record(paths: Iterable[str]) -> None:
    """For files that were written, relative to the current folder."""
    for path in paths:
        listed = _listed(path)
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text(f"{_digest(path)}  {path}\n", encoding="utf-8")


def check(paths: Iterable[str]) -> None:
    """Compare the files that have a digest with it; those that are not there are Snakemake's to miss.

    Raises:
        InputError: naming all that differ.
    """
    damaged = [path for path in paths if Path(path).is_file() and _differs(path)]
    if damaged:
        raise InputError(
            f"{', '.join(damaged)}: damaged: the SHA-256 is not that of what was written there;"
            f" remove {'it' if len(damaged) == 1 else 'them'}, and run again"
        )


def check_folders(folders: Iterable[str]) -> None:
    """The same of all files that lie in these folders themselves."""
    check(str(path) for folder in folders for path in sorted(Path(folder).glob("*.*")))


def _differs(path: str) -> bool:
    try:
        return _listed(path).read_text(encoding="utf-8").split(" ", 1)[0] != _digest(path)
    except FileNotFoundError:
        return False


def _listed(path: str) -> Path:
    return FOLDER / f"{path.lstrip('/')}.sha256"


def _digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
