"""Rule fit: the spectra of one recording."""

from contextlib import ExitStack
from pathlib import Path

from traindyn.config import KoopmanPlan
from traindyn.jobs import job
from traindyn.koopman import fit_recording, write_fits
from traindyn.recording import labels, open_recording

# Blocks of weights and their products, what is made of them, Python itself: the peak stays within the job's memory.
MEMORY_SHARE = 4

with job(snakemake) as logger, ExitStack() as files:
    recording, *others = (files.enter_context(open_recording(path)) for path in snakemake.input.recordings)
    plan = KoopmanPlan(**snakemake.params.plan)
    unlagged = others[0] if others else None
    memory = snakemake.resources.get("mem_mb", 2000) * 10**6 // MEMORY_SHARE
    rows = fit_recording(recording, plan, logger.info, snakemake.params.seed, memory, unlagged=unlagged)
    write_fits(Path(snakemake.output.fits), rows, labels(recording) | {"experiment": snakemake.wildcards.experiment})
