"""Rule stability_tables: all trainings together; what exponents tell of final losses; exponents beside spectra."""

import pandas as pd

from traindyn.jobs import job
from traindyn.recording.tables import concatenated
from traindyn.stability.predictions import predictions
from traindyn.stability.rates import rates
from traindyn.tables import write_table

with job(snakemake) as logger:
    exponents, angles = (
        concatenated(map(pd.read_parquet, files)) for files in (snakemake.input.exponents, snakemake.input.angles)
    )
    found = {
        "exponents": exponents,
        "angles": angles,
        "predictions": predictions(exponents, snakemake.params.seed, **snakemake.params.plan),
        "rates": rates(exponents, pd.read_parquet(snakemake.input.spectra)),
    }
    for name, table in found.items():
        logger.info("%s: %d rows", name, len(table))
        write_table(table, snakemake.output[name])
