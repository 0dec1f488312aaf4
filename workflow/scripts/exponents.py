"""Rule exponents: Lyapunov exponents and covariant vectors of the trainings of one recording."""

from pathlib import Path

from traindyn.config import StabilityPlan, TrainingJob
from traindyn.jobs import job, progress
from traindyn.recording import open_recording
from traindyn.stability.study import study
from traindyn.tables import write_table

with job(snakemake) as logger, open_recording(snakemake.input.recording) as recording:
    given = snakemake.params.job
    tables = study(
        recording,
        TrainingJob(**given["job"]),
        StabilityPlan(**given["plan"]),
        given["seeds"],
        Path(snakemake.config.get("data_dir", "data")),
        logger.info,
        progress(logger, f"exponents of {snakemake.wildcards.experiment}, {snakemake.wildcards.piece}"),
    )
    for name, table in tables.items():
        write_table(table, snakemake.output[name])
