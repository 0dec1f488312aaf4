"""Rule rules_apart: where the first measure of an experiment and the paper's come to different verdicts."""

from pathlib import Path

import pandas as pd

from traindyn.compare.rules_apart import rules_apart
from traindyn.jobs import job
from traindyn.tables import write_table

with job(snakemake) as logger:
    table = rules_apart({Path(path).parent.name: pd.read_csv(path) for path in snakemake.input})
    logger.info("%s", table.to_string())
    write_table(table, snakemake.output[0])
