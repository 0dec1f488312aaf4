"""Rule known_answers_page: execute the notebook of the known answers."""

from pathlib import Path

from traindyn.jobs import job
from traindyn.notebooks import execute

with job(snakemake):
    execute(
        Path(snakemake.input.notebook),
        Path(snakemake.output.notebook),
        Path(snakemake.output.html),
        {
            "judgements": snakemake.input.judgements,
            "figure": str(Path(snakemake.output.png).with_suffix("")),
        },
    )
