"""Snakemake's benchmark files → run times and memory of every rule."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from traindyn.errors import InputError

COLUMNS = ("rule", "jobs", "total_s", "longest_s", "max_rss_mb", "share")


@dataclass(frozen=True)
class Found:
    """counted: rule → its files; left_out: files of configured experiments' jobs that no longer exist."""

    counted: Mapping[str, list[Path]]
    left_out: list[Path]


def benchmark_files(
    folder: Path, experiments: Iterable[str], pieces: Mapping[str, Collection[str]], once: Iterable[str] = ()
) -> Found:
    """The files below `folder` that belong to jobs of these experiments.

    They lie at `<rule>/<experiment>.tsv`, or at `<rule>/<experiment>/<piece>.tsv` for a job per piece of an
    experiment (`pieces`: experiment → architecture/optimizer/chunk), or at `<rule>.tsv` for the one job of a rule of
    the whole study (`once`). Pieces that an earlier configuration had are left out.
    """
    counted = {rule: [path] for rule in once if (path := folder / f"{rule}.tsv").is_file()}
    left_out: list[Path] = []
    for rule in sorted(path for path in folder.glob("*") if path.is_dir()):
        for experiment in experiments:
            whole = rule / f"{experiment}.tsv"
            counted.setdefault(rule.name, []).extend([whole] if whole.is_file() else [])
            for path in sorted((rule / experiment).rglob("*.tsv")):
                piece = path.relative_to(rule / experiment).with_suffix("").as_posix()
                (counted[rule.name] if piece in pieces.get(experiment, ()) else left_out).append(path)
    return Found({rule: files for rule, files in counted.items() if files}, left_out)


def run_times(counted: Mapping[str, list[Path]]) -> pd.DataFrame:
    """One row per rule, the costliest first; columns as in COLUMNS.

    total_s, longest_s: wall seconds of all its jobs and of the longest; max_rss_mb: of the largest job, NaN where
    no job ran long enough to be measured; share: of the seconds of all rules.
    """
    rows = [_row(rule, pd.concat([_read(path) for path in files])) for rule, files in counted.items()]
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    total = table["total_s"].sum()
    table["share"] = table["total_s"] / total if total > 0 else float("nan")
    # Sums of hundredths of a second, without what binary fractions add to them.
    table = table.round({"total_s": 2, "share": 4})
    return table.sort_values(["total_s", "rule"], ascending=[False, True], ignore_index=True)


def elapsed(counted: Mapping[str, list[Path]]) -> float:
    """Seconds during which at least one of the jobs ran; pauses between runs do not count.

    A job ended when its benchmark file was written.
    """
    ends = [(path.stat().st_mtime, float(_read(path)["s"].sum())) for files in counted.values() for path in files]
    passed, until = 0.0, float("-inf")
    for start, end in sorted((end - seconds, end) for end, seconds in ends):
        passed += max(0.0, end - max(start, until))
        until = max(until, end)
    return passed


def _row(rule: str, jobs: pd.DataFrame) -> dict[str, object]:
    return {
        "rule": rule,
        "jobs": len(jobs),
        "total_s": float(jobs["s"].sum()),
        "longest_s": float(jobs["s"].max()),
        "max_rss_mb": float(jobs["max_rss"].max()),
    }


def _read(path: Path) -> pd.DataFrame:
    """Seconds and memory of one job; "-" and "NA" stand where it ended before it was measured."""
    try:
        table = pd.read_csv(path, sep="\t", na_values=["-", "NA"])[["s", "max_rss"]].astype("float64")
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not a benchmark file of Snakemake ({error})") from error
    return table
