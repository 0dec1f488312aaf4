"""Rule fluctuations: per-sample changes of the weights of the trainings of one recording, and power laws among them."""

from pathlib import Path

from traindyn.config import CriticalityPlan, TrainingJob
from traindyn.criticality.study import study
from traindyn.jobs import job, progress
from traindyn.recording import open_recording
from traindyn.tables import write_table

with job(snakemake) as logger, open_recording(snakemake.input.recording) as recording:
    given = snakemake.params.job
    tables = study(
        recording,
        TrainingJob(**given["job"]),
        CriticalityPlan(**given["plan"]),
        given["seeds"],
        Path(snakemake.config.get("data_dir", "data")),
        logger.info,
        progress(logger, f"fluctuations of {snakemake.wildcards.experiment}, {snakemake.wildcards.piece}"),
    )
    for name, table in tables.items():
        write_table(table, snakemake.output[name])
