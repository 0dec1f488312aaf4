"""Rule figure: execute an experiment's notebook."""

from pathlib import Path

from traindyn.jobs import job
from traindyn.notebooks import execute

TABLES = (
    *("spectra", "distances", "resampled_distances", "verdicts", "window_verdicts", "transitions"),
    *("learning_curves", "trajectories", "diverged"),
)

with job(snakemake):
    execute(
        Path(snakemake.input.notebook),
        Path(snakemake.output.notebook),
        Path(snakemake.output.html),
        {
            "experiment": snakemake.wildcards.experiment,
            "figure": str(Path(snakemake.output.png).with_suffix("")),
            **{name: snakemake.input[name] for name in TABLES},
        },
    )
