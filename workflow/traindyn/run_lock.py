"""One run at a time in a folder, and none that a dead one keeps out.

Snakemake's own lock outlives a killed process and does not say whether its owner is alive. The system's lock, which is
held beside it as long as the process lives, does.
"""

import fcntl
import os
import shutil
import socket
from pathlib import Path

from traindyn.errors import InputError

FOLDER = Path(".snakemake")
NAME = "traindyn.lock"


def hold(*, local: bool) -> None:
    """Hold the current folder until this process ends, however it ends.

    Args:
        local: jobs end with this process. Those of a scheduler do not, so its dead run keeps Snakemake's lock.

    Raises:
        InputError: another run is alive.
    """
    descriptor = os.open(FOLDER / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor)
    except BlockingIOError:
        raise InputError(f"{FOLDER.absolute()}: a run in this folder is alive; end it first (Ctrl-C)") from None
    except OSError:  # a file system without locks: Snakemake's own is all there is
        return
    os.ftruncate(descriptor, 0)
    os.write(descriptor, (socket.gethostname() if local else "").encode())


def clear_dead() -> None:
    """Remove Snakemake's lock where the last run was one of local jobs on this host, and is dead."""
    try:
        descriptor = os.open(FOLDER / NAME, os.O_RDWR)
    except OSError:  # no run so far, or nothing that may be changed
        return
    try:
        _take(descriptor)
        if os.read(descriptor, 256) == socket.gethostname().encode():
            shutil.rmtree(FOLDER / "locks", ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
