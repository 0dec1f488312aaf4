"""Rule fit: the spectra of one recording."""

from contextlib import ExitStack
from pathlib import Path

from traindyn.config import KoopmanPlan
from traindyn.jobs import job
from traindyn.koopman import fit_recording, write_fits
from traindyn.recording import labels, open_recording

# For blocks of weights. Sums over other blocks differ in their last digits: a repeated job that gets more memory, and
# another profile, must come to the same. The peak of a fit is about four times this.
BLOCK_BYTES = 500 * 10**6

with job(snakemake) as logger, ExitStack() as files:
    recording, *others = (files.enter_context(open_recording(path)) for path in snakemake.input.recordings)
    plan = KoopmanPlan(**snakemake.params.plan)
    unlagged = others[0] if others else None
    rows = fit_recording(recording, plan, logger.info, snakemake.params.seed, BLOCK_BYTES, unlagged=unlagged)
    write_fits(Path(snakemake.output.fits), rows, labels(recording) | {"experiment": snakemake.wildcards.experiment})
