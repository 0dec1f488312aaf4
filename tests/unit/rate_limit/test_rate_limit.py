"""Snakemake's limit of jobs a second, in a run of Snakemake's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SNAKEFILE = """
from traindyn import rate_limit

rule all:
    input: "a", "b"

rule one:
    output: touch("{name}")

onstart:
    before = workflow.scheduler.job_rate_limiter
    rate_limit.lift(workflow.scheduler)
    after = workflow.scheduler.job_rate_limiter
    open("limits", "w").write(f"{before.max_jobs} {after and after.max_jobs}")
"""


@pytest.mark.parametrize(
    ("arguments", "limits"),
    [
        ([], "100 None"),
        (["--max-jobs-per-timespan", "50/1s"], "50 50"),
        (["--max-jobs-per-timespan", "100/2s"], "100 100"),
    ],
)
def test_the_limit_that_nobody_asked_for_is_lifted(tmp_path, arguments, limits):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    root = str(Path(__file__).parents[3] / "workflow")
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "limits").read_text() == limits
    assert (tmp_path / "a").exists()
