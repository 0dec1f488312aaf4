"""Rules figure and companion_figure: execute the notebook of an experiment, or of a companion system."""

from pathlib import Path

from traindyn.jobs import job
from traindyn.notebooks import execute

with job(snakemake):
    execute(
        Path(snakemake.input.notebook),
        Path(snakemake.output.notebook),
        Path(snakemake.output.html),
        {
            "experiment": snakemake.wildcards.experiment,
            "figure": str(Path(snakemake.output.png).with_suffix("")),
            # The inputs beside the notebook are the tables that it names.
            **{name: path for name, path in snakemake.input.items() if name != "notebook"},
        },
    )
