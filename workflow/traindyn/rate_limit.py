"""Snakemake's limit of jobs a second, left out where it only costs."""

from typing import Any

_DEFAULT = (100, 1)  # jobs, seconds


def lift(scheduler: Any) -> None:
    """Lift the limit that nobody asked for, of a scheduler of local jobs.

    Cores bound these anyway. To keep the limit, Snakemake looks at all ready jobs and the sizes of all their inputs
    again a second after it last did, and once more for every job that has ended in the meantime, which starts another
    such clock.
    """
    limit = getattr(scheduler, "job_rate_limiter", None)
    if limit is not None and (limit.max_jobs, limit.timespan) == _DEFAULT:
        scheduler.job_rate_limiter = None
