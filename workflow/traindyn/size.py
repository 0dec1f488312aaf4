"""How large a study is, and what makes it too large for Snakemake or for one table."""

from __future__ import annotations

from collections.abc import Iterator

from traindyn import dag
from traindyn.config import Config, Experiment

# Snakemake needs a few milliseconds for each job before the first one starts (README: what a large study costs).
MANY_JOBS = 10_000
# A table of distances is made in memory.
BYTES_PER_DISTANCE = 170
MANY_DISTANCES = 30_000_000


def jobs(config: Config, experiment: str) -> int:
    """Trainings (or recordings that are brought) and fits of an experiment, each one job."""
    plan = config.experiments[experiment]
    pieces = len(plan.pieces())
    return pieces if plan.recordings_of else 2 * pieces


def distances(config: Config, experiment: str) -> int:
    """About how many rows an experiment's table of distances has: all pairs of spectra, by every measure."""
    spectra = dag.spectra(config, experiment)
    return spectra * (spectra - 1) // 2 * len(config.experiments[experiment].comparison.measures)


def advice(config: Config) -> Iterator[str]:
    """A line for everything that will take longer, or more memory, than its user may expect."""
    total = sum(jobs(config, name) for name in config.experiments)
    if total > MANY_JOBS:
        largest = max(config.experiments, key=lambda name: jobs(config, name))
        plan = config.experiments[largest]
        fewer = ""
        if isinstance(plan, Experiment):
            fewer = (
                f"; fewer with a larger training.chunk_size (experiments.{largest}: {plan.training.chunk_size} of "
                f"{plan.seeds} seeds)"
            )
        yield f"{total:,} jobs of training and fitting, a few milliseconds each before the first one starts{fewer}"
    for name in config.compared():
        rows = distances(config, name)
        if rows > MANY_DISTANCES:
            yield (
                f"experiments.{name}: {dag.spectra(config, name):,} spectra make {rows:,} distances in one table, "
                f"about {rows * BYTES_PER_DISTANCE / 1e9:,.0f} GB of memory; share the seeds among experiments "
                "(first_seed), or name fewer comparison.measures"
            )
