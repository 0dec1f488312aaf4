"""Slurm's clients as a run and its jobs shall call them: small scripts in a folder that comes first in PATH."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from traindyn.cluster import patient
from traindyn.errors import InputError

PATIENT = ("sbatch", "squeue", "scancel", "scontrol")
OTHERS = ("srun", "sinfo", "sacct", "sacctmgr", "sshare")


def write_clients(folder: Path, settings: Path) -> None:
    """Write the scripts into `folder`; `settings` is where `scontrol show config` is kept.

    SLURM_CONF is written into them: within a job the plugin takes it out of the environment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in PATIENT:
        client = _found(name, folder)
        if client is None:
            raise InputError(f"{name}: not found: is this a host of a Slurm cluster?")
        _write(folder / name, [sys.executable, patient.__file__, str(settings), client])
    for name in OTHERS:
        client = _found(name, folder)
        # The plugin calls sacct whether or not there is accounting, and takes an error for an answer, but no absence.
        _write(folder / name, [client] if client else ["false"])


def _found(name: str, folder: Path) -> str | None:
    """The client's path, as it is without our own scripts."""
    others = [entry for entry in os.environ["PATH"].split(os.pathsep) if Path(entry) != folder]
    return shutil.which(name, path=os.pathsep.join(others))


def _write(script: Path, command: list[str]) -> None:
    configuration = os.environ.get("SLURM_CONF")
    export = f"export SLURM_CONF={shlex.quote(configuration)}\n" if configuration else ""
    script.write_text(f'#!/bin/sh\n{export}exec {shlex.join(command)} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
