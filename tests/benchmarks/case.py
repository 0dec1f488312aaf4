"""What is measured: a case is one way (method) to the answer of one problem."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

OURS = "traindyn"


@dataclass(frozen=True)
class Timed:
    """The result of a run that takes its own time: of the part that counts, without loading of data."""

    seconds: float
    result: Any


def cpu_timed(run: Callable[[], Any]) -> Timed:
    """CPU seconds of a run by one thread: on free cores those that pass, and nearly the same on shared ones."""
    start = time.process_time()
    result = run()
    return Timed(time.process_time() - start, result)


@dataclass(frozen=True)
class Case:
    """One way to the answer of one problem.

    Attributes:
        problem, method: name the row; cases of one problem are run in turn and compared with each other.
        prepare: called in a process of its own with `arguments`: loads data, warms up what costs only once, and
            returns the function that is timed, of no arguments. A module's function, which imports inside itself what
            is heavy: the memory of a case holds nothing but what this case needs.
        reference: results are compared with that of this method of the same problem; None: this is not compared.
        difference: one number for how far two results are apart.
        threads: of every library in the process.
        gpu: computed on a GPU: shares are of its peaks.
        scale: the run is this part's time, extrapolated: a sample of pairs, of steps, of networks.
        gigaflop, gigabyte: work of the whole problem, counted analytically; 0 where nothing is counted.
        single: multiplications in float32, for the share of the peak.
        may_fail: another library's failure is a row of the table, ours is an error.
        once: run once, untimed: a reference that is there for the accuracy alone.
        axis, value: where the case lies on a scaling curve.
        note: what a reader of the row must know.
    """

    problem: str
    method: str
    prepare: Callable[..., Callable[[], Any]]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    reference: str | None = None
    difference: Callable[[Any, Any], float] | None = None
    threads: int = 1
    gpu: bool = False
    scale: float = 1.0
    gigaflop: float = 0.0
    gigabyte: float = 0.0
    single: bool = False
    may_fail: bool = False
    once: bool = False
    axis: str = ""
    value: float = float("nan")
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """A case's outcome: seconds of its runs (scaled), its last result, its memory; or why it failed."""

    case: Case
    seconds: list[float]
    result: Any = None
    peak_mib: float = float("nan")
    working_mib: float = float("nan")
    failure: str = ""
