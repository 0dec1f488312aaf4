"""Rule distances: all pairs of spectra of an experiment, by every measure."""

from traindyn.compare import distances, read_spectra
from traindyn.jobs import job
from traindyn.tables import write_table

with job(snakemake) as logger:
    for resampled, path in ((False, snakemake.output.distances), (True, snakemake.output.resampled)):
        spectra = read_spectra(snakemake.input.fits, resampled=resampled)
        table = distances(spectra, snakemake.params.measures, snakemake.threads)
        logger.info("%s: %d distances between %d spectra", path, len(table), len(spectra))
        write_table(table, path)
