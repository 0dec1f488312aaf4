"""Rule fit: the spectra of one recording."""

from pathlib import Path

from traindyn.config import KoopmanPlan
from traindyn.jobs import job
from traindyn.koopman import fit_recording, write_fits
from traindyn.recording import open_recording
from traindyn.recording.tables import labels

with job(snakemake) as logger, open_recording(snakemake.input.recording) as recording:
    rows = fit_recording(recording, KoopmanPlan(**snakemake.params.plan), logger.info, snakemake.params.seed)
    write_fits(Path(snakemake.output.fits), rows, labels(recording))
