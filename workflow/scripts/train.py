"""Rule train: one chunk of seeds of one group."""

from pathlib import Path

from traindyn.config import TrainingJob
from traindyn.jobs import job, progress
from traindyn.training import train

with job(snakemake) as logger:
    plan = TrainingJob(**snakemake.params.job)
    train(
        plan,
        Path(snakemake.config.get("data_dir", "data")),
        Path(snakemake.output.recording),
        progress(logger, f"{plan.experiment} {plan.group}, seeds {snakemake.wildcards.chunk}"),
    )
