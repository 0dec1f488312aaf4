"""The profile for other schedulers, with Slurm's commands in the place of theirs."""

import subprocess
import sys

from launched import small_workflow

SUBMIT = (
    "sbatch --parsable --mem={resources.mem_mb} --time={resources.runtime} --cpus-per-task={threads} --output=logs/%j"
)
STATUS = """\
#!/bin/sh
case $(squeue --noheader --states=all --format=%T --jobs "$1") in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING) echo running ;;
  *) echo failed ;;
esac
"""


def test_jobs_get_what_the_profile_says_and_failures_are_seen(launched, slurm):
    study = launched("generic", small_workflow, slurm)
    (study.folder / "logs").mkdir()
    status = study.folder / "status.sh"
    status.write_text(STATUS)
    status.chmod(0o755)
    command = ["timeout", "-k", "5", "200", sys.executable, "-m", "snakemake", "train.txt", "fails.txt"]
    command += ["--workflow-profile", "profiles/cluster-generic", "--cluster-generic-submit-cmd", SUBMIT]
    command += ["--cluster-generic-cancel-cmd", "scancel", "--cluster-generic-status-cmd", str(status)]
    command += ["--retries", "1"]
    done = subprocess.run(command, cwd=study.folder, env=study.environment(), capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert (study.folder / "train.txt").read_text().split() == ["4000", "240", "1"]
    assert not (study.folder / "fails.txt").exists()
    assert done.stderr.count("Error in rule fails") == 2
