"""Rule verdicts: tests and verdicts of every pair of groups."""

import pandas as pd

from traindyn.compare import read_spectra, verdicts
from traindyn.config import ComparisonPlan
from traindyn.jobs import job
from traindyn.tables import write_table

with job(snakemake) as logger:
    table = verdicts(
        pd.read_parquet(snakemake.input.distances),
        pd.read_parquet(snakemake.input.resampled),
        read_spectra(snakemake.input.fits),
        ComparisonPlan(**snakemake.params.plan),
        snakemake.params.seed,
        diverged_groups=snakemake.params.groups,
        measures=snakemake.params.plan["measures"],
    )
    logger.info("%s", table.to_string())
    write_table(table, snakemake.output.verdicts)
