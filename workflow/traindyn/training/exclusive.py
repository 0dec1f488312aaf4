"""One of several things for each process: no two processes of a user on one host take the same."""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 1.0
logger = logging.getLogger(__name__)


def locks_folder() -> Path:
    """Where this user's locks lie on this host."""
    return Path(tempfile.gettempdir()) / f"traindyn-{os.getuid()}"


@contextmanager
def exclusive(names: Sequence[str], folder: Path) -> Iterator[int]:
    """The position of a name that no other process holds, held as long as this is entered; waits while all are held.

    The system gives a lock back when its process ends, however it ends: none is ever stale.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    position, lock = _first_free([folder / f"{name}.lock" for name in names])
    try:
        yield position
    finally:
        os.close(lock)


def _first_free(paths: Sequence[Path]) -> tuple[int, int]:
    """Position and lock of the first that is free, now or later."""
    told = False
    while True:
        for position, path in enumerate(paths):
            lock = _lock(path)
            if lock is not None:
                return position, lock
        if not told:
            logger.info("waiting: other jobs hold all of %s", ", ".join(path.stem for path in paths))
        told = True
        time.sleep(WAIT_SECONDS)


def _lock(path: Path) -> int | None:
    """An open lock, or None where another process holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
