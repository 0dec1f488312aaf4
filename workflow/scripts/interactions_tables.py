"""Rule interactions_tables: all trainings together, and the phases of each."""

import pandas as pd

from traindyn.interactions.phases import phases
from traindyn.jobs import job
from traindyn.recording.tables import concatenated
from traindyn.tables import write_table

with job(snakemake) as logger:
    names = ("strengths", "salient", "checkpoints", "theory")
    found = {name: concatenated(map(pd.read_parquet, snakemake.input[name])) for name in names}
    found["phases"] = phases(found["checkpoints"])
    for name, table in found.items():
        logger.info("%s: %d rows", name, len(table))
        write_table(table, snakemake.output[name])
