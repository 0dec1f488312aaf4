"""Rule fit: the spectra of one recording."""

from contextlib import ExitStack
from pathlib import Path

from traindyn.config import KoopmanPlan
from traindyn.jobs import job
from traindyn.koopman import fit_recording, write_fits
from traindyn.recording import labels, open_recording

with job(snakemake) as logger, ExitStack() as files:
    recording, *others = (files.enter_context(open_recording(path)) for path in snakemake.input.recordings)
    plan = KoopmanPlan(**snakemake.params.plan)
    unlagged = others[0] if others else None
    rows = fit_recording(recording, plan, logger.info, snakemake.params.seed, unlagged=unlagged)
    write_fits(Path(snakemake.output.fits), rows, labels(recording) | {"experiment": snakemake.wildcards.experiment})
