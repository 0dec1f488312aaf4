"""What hangs on nothing but its key, remembered between runs: Snakemake's every start would work it out anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from traindyn.errors import InputError
from traindyn.whole import whole


class Memory:
    """Values by key, of this process alone or, with a file, of all that work in the file's folder.

    A value is what JSON holds. The file keeps those that the last process asked for. One that cannot be read, or is
    damaged, is as good as none; one that cannot be written is not there the next time.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._remembered = {} if path is None else _read(path)
        self._used: dict[str, Any] = {}

    def recall(self, key: str, compute: Callable[[], Any]) -> Any:
        """The value of `key`; what `compute` raises is raised, and nothing remembered."""
        if key not in self._used:
            self._used[key] = self._remembered[key] if key in self._remembered else compute()
        return self._used[key]

    def keep(self) -> None:
        """Write what was asked for, unless the file says the same or its folder is not there."""
        if self._path is None or self._used == self._remembered or not self._path.parent.is_dir():
            return
        text = json.dumps(self._used)
        try:
            with whole(self._path) as file:
                file.write_text(f"{_digest(text)}\n{text}", encoding="utf-8")
        except InputError:
            return


def _read(path: Path) -> dict[str, Any]:
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(json.loads(text)) if digest == _digest(text) else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
