"""What every section is told, and functions run in a process apart."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Context:
    """Tiny sizes or the paper's, threads of every case, where data sets lie, a folder for recordings."""

    quick: bool
    threads: int
    data_dir: Path
    folder: Path


def apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a module's function in a process of its own.

    This process stays small: what it holds would count as memory of the cases that it starts.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()
