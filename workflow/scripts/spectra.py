"""Rule spectra: all spectra of an experiment as tables."""

from traindyn.jobs import job
from traindyn.koopman import resampled_table, spectra_table
from traindyn.tables import write_table

with job(snakemake) as logger:
    write_table(spectra_table(snakemake.input.fits), snakemake.output.spectra)
    write_table(resampled_table(snakemake.input.fits), snakemake.output.resampled)
