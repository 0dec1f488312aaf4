"""A process for each case: its memory is its own, and all cases of a problem take turns."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.case import Case, Timed

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# POT imports torch if it finds it, and this project's distances do without.
QUIET = {"POT_BACKEND_DISABLE_PYTORCH": "1", "TQDM_DISABLE": "1"}


class Worker:
    """One case in a process of its own; `run` makes it run once more."""

    def __init__(self, case: Case) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        # Not a daemon, which may have no processes of its own: it ends when the connection closes.
        self.process = context.Process(target=_serve, args=(case, theirs))
        with _environment({name: str(case.threads) for name in THREADS} | QUIET):
            self.process.start()
        theirs.close()

    def prepared(self) -> str:
        """Wait until the case is prepared; why it could not be, or nothing."""
        return self._answer()

    def run(self) -> tuple[float, Any, float, float] | str:
        """Seconds, result, peak and working memory (MiB) of one more run; or why it failed."""
        self.connection.send("run")
        return self._answer()

    def _answer(self) -> Any:
        try:
            return self.connection.recv()
        except EOFError:
            self.process.join()
            return f"the process ended with status {self.process.exitcode} (out of memory?)"

    def close(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.join()


def _serve(case: Case, connection: Connection) -> None:
    try:
        run = case.prepare(**case.arguments)
        before = _resident_mib()
        connection.send("")
        while connection.recv():
            start = time.perf_counter()
            result = run()
            seconds = time.perf_counter() - start
            if isinstance(result, Timed):
                seconds, result = result.seconds, result.result
            peak = _peak_mib()
            connection.send((seconds, result, peak, peak - before))
    except EOFError:  # no more runs are asked for
        return
    except Exception as error:  # whatever another library raises is what the row will say
        connection.send(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _peak_mib() -> float:
    """The largest memory that this process ever had: Linux's VmHWM, elsewhere getrusage (KiB, on macOS bytes).

    On Linux the latter starts with the peak of the process that this one was started from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)


def _resident_mib() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss / 2**20)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """What a new process finds: libraries read their number of threads once, when they are loaded."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
