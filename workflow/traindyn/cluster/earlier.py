"""Jobs that an earlier run left in the queue."""

import re
import subprocess
import time
from pathlib import Path

from traindyn.errors import InputError

_RUN_ID = re.compile(r"SLURM run ID: (\S+)")


def run_ids(logs: Path) -> set[str]:
    """The names under which earlier runs submitted their jobs, from Snakemake's own logs."""
    return {name for log in logs.glob("*.log") for name in _RUN_ID.findall(log.read_text("utf-8", errors="replace"))}


def left_in_queue(names: set[str]) -> dict[str, str]:
    """Job id → name of this user's jobs with one of the names, as long as a process of theirs may run."""
    command = ["squeue", "--me", "--noheader", "--format=%A|%j"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise InputError(f"squeue: {done.stderr}")
    rows = [line.split("|", 1) for line in done.stdout.splitlines() if "|" in line]
    return {job: name for job, name in rows if name in names}


def cancel(names: set[str], patience: float = 600, pause: float = 1) -> int:
    """Cancel the jobs of these names and wait until they are gone; returns how many there were."""
    found = left_in_queue(names)
    deadline = time.monotonic() + patience
    for name in sorted(set(found.values())):
        subprocess.run(["scancel", "--name", name], check=True)
    left = found
    while left:
        if time.monotonic() > deadline:
            raise InputError(f"jobs {', '.join(left)} do not end: see squeue; a node that does not answer keeps them")
        time.sleep(pause)
        left = left_in_queue(names)
    return len(found)
