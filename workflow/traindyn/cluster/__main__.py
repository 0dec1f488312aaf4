"""`python -m traindyn.cluster run|restart [snakemake's arguments]`, in the workflow's folder.

run      starts Snakemake with profiles/slurm; refuses where jobs of an earlier run are still queued or running
restart  after a crash or kill -9: cancels what the earlier runs left, waits until it is gone, unlocks, and runs
"""

import argparse
import fcntl
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import yaml

from traindyn.cluster import patient
from traindyn.cluster.clients import write_clients
from traindyn.cluster.earlier import cancel, left_in_queue, run_ids
from traindyn.cluster.settings import check_settings
from traindyn.errors import InputError

FOLDER = Path(".snakemake").absolute() / "traindyn-cluster"
LOGS = Path(".snakemake/log")
PROFILE = "profiles/slurm"


def main(arguments: list[str]) -> None:
    """Prepare, then become Snakemake: signals reach it without a process between."""
    parser = argparse.ArgumentParser(
        prog="python -m traindyn.cluster",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("what", choices=["run", "restart"])
    parser.add_argument("--workflow-profile", default=PROFILE, help="folder of the profile")
    options, given = parser.parse_known_args(arguments)
    snakemake = [sys.executable, "-m", "snakemake", "--workflow-profile", options.workflow_profile, *given]

    profile = Path(options.workflow_profile) / "config.yaml"
    if not profile.is_file():
        raise InputError(f"{profile}: no such file; run this in the workflow's folder")
    if find_spec("snakemake_executor_plugin_slurm") is None:
        raise InputError("Snakemake's plugin for Slurm is missing: pip install --requirement requirements-cluster.lock")
    hold_lock(FOLDER / "lock")
    write_clients(FOLDER / "bin", FOLDER / "settings")
    os.environ["PATH"] = os.pathsep.join([str(FOLDER / "bin"), os.environ["PATH"]])
    os.environ[patient.MAIN] = str(os.getpid())
    settings = ask_settings()
    check_settings(settings, yaml.safe_load(profile.read_text(encoding="utf-8")))
    (FOLDER / "settings").write_text(settings, encoding="utf-8")

    names = run_ids(LOGS)
    if options.what == "restart":
        print(f"traindyn: {cancel(names)} jobs of earlier runs cancelled and gone", file=sys.stderr, flush=True)
        subprocess.run([*snakemake, "--unlock"], check=True)
        snakemake.append("--rerun-incomplete")
    elif left := left_in_queue(names):
        raise InputError(f"jobs of an earlier run are still there: {', '.join(left)}; use restart, which ends them")
    os.execv(sys.executable, snakemake)


def hold_lock(file: Path) -> None:
    """Hold a lock until the process ends, however it ends: it stays with the process that becomes Snakemake."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"{file}: held by a run in this folder that is alive; end it first (Ctrl-C)") from None
    os.set_inheritable(descriptor, True)


def ask_settings() -> str:
    """What `scontrol show config` says; InputError where no controller answers."""
    (FOLDER / "settings").unlink(missing_ok=True)
    done = subprocess.run(["scontrol", "show", "config"], capture_output=True, text=True)
    if done.returncode != 0:
        raise InputError(f"no Slurm controller answers: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        print(f"traindyn: {error}", file=sys.stderr)
        sys.exit(1)
