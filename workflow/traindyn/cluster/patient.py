"""One call of a Slurm client, repeated while the controller is away: `patient.py CLIENT [arguments]`.

Snakemake's Slurm plugin takes one failed round of status queries for the end of all jobs and then waits for ever, and
one failed submission for a failed job. Run as a script, with the standard library only: it starts at every query.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# The client was never heard, so a submission may be repeated. After any other failure the job may be in the queue.
UNHEARD = ("(connect failure)", "in standby mode")
AWAY = (*UNHEARD, "Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted")
# The plugin ends a query after 60 s, and counts it as failed.
QUERY_SECONDS = 45
SUBMISSION_SECONDS = 600
PAUSE_SECONDS = 2
# The process that submits: what it left behind when it was killed must not come into the queue.
MAIN = "TRAINDYN_CLUSTER_MAIN"


def call(command: list[str]) -> subprocess.CompletedProcess[str]:
    """The last try's result."""
    submits = Path(command[0]).name == "sbatch"
    deadline = time.monotonic() + (SUBMISSION_SECONDS if submits else QUERY_SECONDS)
    while True:
        done = subprocess.run(command, capture_output=True, text=True)
        away = done.returncode != 0 and any(sign in done.stderr for sign in (UNHEARD if submits else AWAY))
        if not away or time.monotonic() > deadline or (submits and orphaned()):
            return done
        time.sleep(PAUSE_SECONDS)


def remembered(command: list[str], memory: Path) -> subprocess.CompletedProcess[str]:
    """One try; while the controller is away, what it said when the run began.

    For `scontrol show config`, which the plugin gives 10 s before it takes sacct for the only source of states.
    """
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 and any(sign in done.stderr for sign in AWAY):
        return subprocess.CompletedProcess(command, 0, memory.read_text(encoding="utf-8"), "")
    return done


def orphaned() -> bool:
    """Is the process that submits gone?"""
    main = os.environ.get(MAIN)
    if main is None:
        return False
    try:
        os.kill(int(main), 0)
    except ProcessLookupError:
        return True
    return False


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _, memory, *command = sys.argv
    known = command[1:] == ["show", "config"] and Path(memory).exists()
    done = remembered(command, Path(memory)) if known else call(command)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode)
