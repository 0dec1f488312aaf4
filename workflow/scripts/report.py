"""Rule report: Snakemake's own report of all that the other rules made."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from traindyn.errors import InputError
from traindyn.jobs import job
from traindyn.whole import whole

with job(snakemake) as logger, whole(snakemake.output[0]) as file, TemporaryDirectory() as folder:
    settings, page = Path(folder, "config.json"), Path(folder, "report.html")
    settings.write_text(json.dumps(snakemake.params.config), encoding="utf-8")
    # The outer run holds the lock and waits for this job; the inner one only reads, and need not check the
    # configuration again: in this mode the Snakefile takes it for a job of the outer one.
    snakefile = Path(snakemake.scriptdir).parent / "Snakefile"
    command = [sys.executable, "-m", "snakemake", *snakemake.input, "--snakefile", str(snakefile)]
    done = subprocess.run(
        [*command, "--mode", "subprocess", "--nolock", "--report", str(page), "--configfile", str(settings)],
        capture_output=True,
        text=True,
    )
    logger.info("%s%s", done.stdout, done.stderr)
    if done.returncode:
        raise InputError(f"the report failed; see {snakemake.log[0]}")
    shutil.copyfile(page, file)
