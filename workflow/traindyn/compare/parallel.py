"""The same function of many things, on several cores."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from traindyn.orphans import end_with

CHUNKS = 8  # tasks per worker, so that none waits long for the last

Item = TypeVar("Item")
Value = TypeVar("Value")

_function: Callable[[Any], Any]


def parallel_map(function: Callable[[Item], Value], items: Sequence[Item], workers: int) -> list[Value]:
    """[function(item) for item in items], by `workers` processes: items and values are pickled, the function is not.

    Values do not depend on `workers`: each is computed by one thread. Processes, because the solvers hold Python's
    lock. They are forked, so that they have what the function refers to without sending it; only Linux forks a process
    with loaded libraries safely, elsewhere one process does all.
    """
    if workers == 1:
        return [function(item) for item in items]
    with threadpool_limits(1):
        if len(items) < 2 or sys.platform != "linux":
            return [function(item) for item in items]
        workers = min(workers, len(items))
        start = (function, os.getpid())
        with ProcessPoolExecutor(workers, get_context("fork"), initializer=_keep, initargs=start) as pool:
            return list(pool.map(_call, items, chunksize=max(1, len(items) // (CHUNKS * workers))))


def _keep(function: Callable[[Any], Any], parent: int) -> None:
    end_with(parent)  # a worker does not notice that nobody sends it work any more
    global _function
    _function = function


def _call(item: Any) -> Any:
    return _function(item)
