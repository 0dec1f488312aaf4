"""Run times and environment as a page of the report."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from traindyn.run.stages import REST, stages
from traindyn.webpage import Cell, heading, page, paragraph, table

TIMES = (
    "Seconds and memory of the jobs that made these results, as Snakemake measured them. A job that was not run again "
    "in the last run keeps the numbers of the run that made its results, perhaps on another machine. Jobs run side by "
    "side, so the sum of seconds is more than the time that passed. The jobs that wrote this page, the claims and the "
    "report are not counted. The memory of figures may lack that of their notebooks' kernels."
)
STAGES = "Every job counts whole, with what it takes to start it. Everything else: tables, tests, figures, claims."
ABSENT = (
    "There are no benchmark files of these experiments: the results were not computed in this folder, or its "
    "benchmarks were removed."
)
ENVIRONMENT = "Of the job that wrote this page."
STAGE_HEADER = ("stage", "jobs", "seconds in all", "share of seconds")
HEADER = ("rule", "jobs", "seconds in all", "longest job (s)", "most memory (MB)", "share of seconds")


def run_page(times: pd.DataFrame, elapsed: float, left_out: Sequence[Path], environment: Mapping[str, str]) -> str:
    """The page.

    times: as `run_times` makes it; elapsed: seconds during which a job ran; left_out: benchmark files that do not
    count; environment: what → value.
    """
    files = f"{len(left_out)} file{'' if len(left_out) == 1 else 's'}"
    notes = [paragraph(f"Not counted: {files} of jobs that the configuration no longer has.")]
    return page(
        "Run times and environment",
        *(_went(times, elapsed) if len(times) else []),
        heading("Run times"),
        *([paragraph(TIMES), table(HEADER, _rows(times))] if len(times) else [paragraph(ABSENT)]),
        *(notes if left_out else []),
        heading("Environment"),
        paragraph(ENVIRONMENT),
        table(("what", "value"), environment.items()),
    )


def _went(times: pd.DataFrame, elapsed: float) -> list[str]:
    total = times["total_s"].sum()
    at_a_time = f" of jobs in {elapsed:.1f} seconds: {total / elapsed:.2f} at a time" if elapsed > 0 else ""
    by_stage = stages(times)
    rest = by_stage.loc[by_stage["stage"] == REST, "share"].sum() * elapsed
    share = f" Everything else: {rest:.1f} of the {elapsed:.1f} seconds, at that rate." if rest > 0 else ""
    rows = [
        (row["stage"], *(Cell(text, look="number") for text in (f"{row['jobs']}", *_seconds(row))))
        for _, row in by_stage.iterrows()
    ]
    return [
        heading("Where the time went"),
        paragraph(f"{total:.1f} seconds{at_a_time}.{share} {STAGES}"),
        table(STAGE_HEADER, rows),
    ]


def _seconds(row: pd.Series) -> tuple[str, str]:
    return _fixed(row["total_s"]), "" if math.isnan(row["share"]) else f"{row['share']:.1%}"


def _rows(times: pd.DataFrame) -> list[tuple[Cell | str, ...]]:
    rows = [(row["rule"], *(Cell(text, look="number") for text in _numbers(row))) for _, row in times.iterrows()]
    total = ("all", f"{times['jobs'].sum()}", _fixed(times["total_s"].sum()), "", "", "")
    return [*rows, tuple(Cell(text, look="number" if i else "") for i, text in enumerate(total))]


def _numbers(row: pd.Series) -> tuple[str, ...]:
    share = "" if math.isnan(row["share"]) else f"{row['share']:.1%}"
    return f"{row['jobs']}", *(_fixed(row[name]) for name in ("total_s", "longest_s", "max_rss_mb")), share


def _fixed(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f}"
