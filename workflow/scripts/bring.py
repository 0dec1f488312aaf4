"""Rule bring: one seed of a sheet as a recording."""

from pathlib import Path

from traindyn.bringing import bring
from traindyn.config import Row
from traindyn.jobs import job, progress

with job(snakemake) as logger:
    rows = [Row(**row) for row in snakemake.params.rows]
    name = f"{snakemake.wildcards.experiment} {rows[0].label}, seed {rows[0].seed}"
    logger.info("%s: %s", name, ", ".join(row.path for row in rows))
    bring(
        rows,
        snakemake.wildcards.experiment,
        snakemake.wildcards.architecture,
        Path(snakemake.output.recording),
        progress(logger, name),
    )
