"""Rule report: Snakemake's own report of all that the other rules made."""

import json
import subprocess
import sys
from pathlib import Path

from traindyn.errors import InputError
from traindyn.jobs import job

with job(snakemake) as logger:
    page = Path(snakemake.output[0])
    settings, partial = page.with_name(".report.json"), page.with_name(".report.partial.html")
    settings.write_text(json.dumps(snakemake.params.config), encoding="utf-8")
    # The outer run holds the lock and waits for this job; the inner one only reads, and need not check the
    # configuration again: in this mode the Snakefile takes it for a job of the outer one.
    snakefile = Path(snakemake.scriptdir).parent / "Snakefile"
    command = [sys.executable, "-m", "snakemake", *snakemake.input, "--snakefile", str(snakefile)]
    done = subprocess.run(
        [*command, "--mode", "subprocess", "--nolock", "--report", str(partial), "--configfile", str(settings)],
        capture_output=True,
        text=True,
    )
    logger.info("%s%s", done.stdout, done.stderr)
    if done.returncode:
        raise InputError(f"the report failed; see {snakemake.log[0]}")
    partial.replace(page)
    settings.unlink()
