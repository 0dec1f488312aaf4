"""Processes that end with the one that started the work: a killed run leaves no writer behind."""

import os
import threading
import time

# Holds the number of the Snakemake process that runs jobs on this host.
RUN = "TRAINDYN_RUN"
SECONDS = 0.3


def end_with_run() -> None:
    """End this process soon after the Snakemake process that it works for, if it does."""
    run = os.environ.get(RUN)
    if run is not None:
        end_with(int(run))


def end_with(process: int) -> None:
    """End this process at once when that one is gone, without leave-taking: what it writes has no name yet."""
    threading.Thread(target=_watch, args=(process,), daemon=True).start()


def _watch(process: int) -> None:
    # A child sees at once that its parent is another one; a shell may stand between.
    remains = _is_parent if _is_parent(process) else _exists
    while remains(process):
        time.sleep(SECONDS)
    os._exit(1)


def _is_parent(process: int) -> bool:
    return os.getppid() == process


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
