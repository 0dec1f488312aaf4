"""Rule extraction: AND and OR interactions at checkpoints of the trainings of one recording."""

from pathlib import Path

from traindyn.config import InteractionsPlan, TrainingJob
from traindyn.interactions.study import study
from traindyn.jobs import job, progress
from traindyn.recording import open_recording
from traindyn.tables import write_table

with job(snakemake) as logger, open_recording(snakemake.input.recording) as recording:
    given = snakemake.params.job
    tables = study(
        recording,
        TrainingJob(**given["job"]),
        InteractionsPlan(**given["plan"]),
        given["seeds"],
        Path(snakemake.config.get("data_dir", "data")),
        logger.info,
        progress(logger, f"interactions of {snakemake.wildcards.experiment}, {snakemake.wildcards.piece}"),
    )
    for name, table in tables.items():
        write_table(table, snakemake.output[name])
