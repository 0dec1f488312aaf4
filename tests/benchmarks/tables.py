"""Outcomes of cases -> rows of a table: medians, ratios, accuracy, memory, shares of the machine's peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.case import OURS, Measured

Peaks = Mapping[tuple[int | str, str], float]


def table(section: str, outcomes: Sequence[Measured], peaks: Peaks) -> list[dict[str, Any]]:
    """A row per case.

    Columns: section, problem, method; threads; on: threads or GPU, whose peaks shares refer to; runs; seconds (median),
    fastest, slowest; ratio: seconds over those of this project for the same problem (above 1: this project is faster);
    deviation from the reference, in the section's own unit; peak_mib of the process, working_mib of it beyond what was
    there before the first run; gigaflop and gigabyte of work, and its shares of the measured peaks (of 1); scale: what
    was measured, extrapolated by; axis, value on a scaling curve; single: float32; note.
    """
    return [_row(section, outcome, outcomes, peaks) for outcome in outcomes]


def _row(section: str, outcome: Measured, others: Sequence[Measured], peaks: Peaks) -> dict[str, Any]:
    case = outcome.case
    same = {other.case.method: other for other in others if other.case.problem == case.problem}
    seconds = _seconds(outcome)
    kind = "float32" if case.single else "float64"
    on = "GPU" if case.gpu else case.threads
    return {
        "section": section,
        "problem": case.problem,
        "method": case.method,
        "threads": case.threads,
        "on": on,
        "runs": len(outcome.seconds),
        "seconds": seconds,
        "fastest": min(outcome.seconds, default=float("nan")),
        "slowest": max(outcome.seconds, default=float("nan")),
        "ratio": seconds / _seconds(same[OURS]) if OURS in same else float("nan"),
        "deviation": _deviation(outcome, same.get(case.reference or "")),
        "peak_mib": outcome.peak_mib,
        "working_mib": outcome.working_mib,
        "gigaflop": case.gigaflop,
        "peak_share": _share(case.gigaflop, seconds, peaks.get((on, kind))),
        "gigabyte": case.gigabyte,
        "bandwidth_share": _share(case.gigabyte, seconds, peaks.get((on, "memory"))),
        "scale": case.scale,
        "single": case.single,
        "axis": case.axis,
        "value": case.value,
        "note": f"failed: {outcome.failure}" if outcome.failure else case.note,
    }


def _seconds(outcome: Measured) -> float:
    return median(outcome.seconds) if outcome.seconds else float("nan")


def _deviation(outcome: Measured, reference: Measured | None) -> float:
    measure = outcome.case.difference
    if measure is None or reference is None or outcome.result is None or reference.result is None:
        return float("nan")
    return measure(outcome.result, reference.result)


def _share(work: float, seconds: float, peak: float | None) -> float:
    return work / seconds / peak if work and peak else float("nan")
