"""Stand-ins for Slurm's clients: shell scripts that note how they were called and do as they are told."""

from pathlib import Path

NAMES = ("sbatch", "squeue", "scancel", "scontrol", "srun", "sinfo", "sacct", "sacctmgr", "sshare")


def write_stand_ins(folder: Path, **scripts: str) -> Path:
    """A folder with every client; those named run the given lines after noting the call in `calls`."""
    folder.mkdir()
    for name in NAMES:
        lines = f'#!/bin/sh\ncd {folder}\necho {name} "$@" >> calls\n{scripts.get(name, "")}\n'
        (folder / name).write_text(lines, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def calls(folder: Path) -> list[str]:
    """Every call so far."""
    return (folder / "calls").read_text(encoding="utf-8").splitlines()
