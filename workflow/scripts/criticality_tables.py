"""Rule criticality_tables: the fluctuations of all trainings of an experiment, under one another."""

import pandas as pd

from traindyn.jobs import job
from traindyn.recording.tables import concatenated
from traindyn.tables import write_table

with job(snakemake) as logger:
    for name, file in snakemake.output.items():
        table = concatenated(map(pd.read_parquet, snakemake.input[name]))
        logger.info("%s: %d rows", name, len(table))
        write_table(table, file)
