"""Rule restore_point: keep the small tables of a run."""

from pathlib import Path

from traindyn import restore_point
from traindyn.jobs import job

with job(snakemake) as logger:
    folder = Path("results/paper")
    restore_point.write(folder, snakemake.params.experiments, snakemake.params.config, snakemake.params.further)
    size = sum(path.stat().st_size for path in map(Path, snakemake.output))
    logger.info("kept %d files, %.1f MB", len(snakemake.output), size / 1e6)
