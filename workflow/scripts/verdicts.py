"""Rule verdicts: tests and verdicts of every pair of groups and of every pair of windows."""

import pandas as pd

from traindyn.compare import read_spectra, transitions, verdicts, window_verdicts
from traindyn.config import ComparisonPlan
from traindyn.jobs import job
from traindyn.tables import write_table

with job(snakemake) as logger:
    given = (
        pd.read_parquet(snakemake.input.distances),
        pd.read_parquet(snakemake.input.resampled),
        read_spectra(snakemake.input.fits),
        ComparisonPlan(**snakemake.params.plan),
        snakemake.params.seed,
    )
    options = {"measures": snakemake.params.plan["measures"], "workers": snakemake.threads}
    table = verdicts(*given, diverged_groups=snakemake.params.groups, **options)
    of_windows = window_verdicts(*given, **options)
    changes = transitions(of_windows)
    logger.info("%s", table.to_string())
    logger.info("%d pairs of windows; their consecutive ones:\n%s", len(of_windows), changes.to_string())
    write_table(table, snakemake.output.verdicts)
    write_table(of_windows, snakemake.output.window_verdicts)
    write_table(changes, snakemake.output.transitions)
