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
        gpu=snakemake.resources.get("gpu", 0) > 0 or "gpu" in snakemake.resources.get("gres", ""),
        origin=snakemake.params.code + Path(snakemake.input.data).read_text(encoding="utf-8"),
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
    )
