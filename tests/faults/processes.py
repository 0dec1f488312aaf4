"""The processes of one run, known by a mark in their environment, and what each is at."""

import re
from dataclasses import dataclass
from pathlib import Path

MARK = "TRAINDYN_FAULTS"
SERVER = "traindyn.warm.server"
FORKED = ("kernel", *(path.stem for path in (Path(__file__).parents[2] / "workflow" / "scripts").glob("*.py")))
SCRIPT = re.compile(r"/\.snakemake/scripts/\w+\.(\w+)\.py")


@dataclass(frozen=True)
class Process:
    """stage: main, the rule of a job, kernel (of a notebook), or other (helpers of these)."""

    pid: int
    run: str
    stage: str


def processes(study: str) -> list[Process]:
    """Living processes whose mark is `<study>/<run>`."""
    found = (_process(folder, study) for folder in Path("/proc").glob("[0-9]*"))
    return [process for process in found if process is not None]


def _process(folder: Path, study: str) -> Process | None:
    try:
        variables = (folder / "environ").read_bytes().split(b"\0")
        command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        name = (folder / "comm").read_text().strip()
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # gone meanwhile, or another user's
        return None
    marks = [v.partition(b"=")[2].decode() for v in variables if v.startswith(f"{MARK}={study}/".encode())]
    if not marks or state in "ZX":
        return None
    return Process(int(folder.name), marks[0].partition("/")[2], _stage(command, name))


def _stage(command: list[str], name: str) -> str:
    if SERVER in command:  # or forked by it: these have a name of their own, of 15 letters
        return next((stage for stage in FORKED if stage[:15] == name), "other")
    if script := SCRIPT.search(" ".join(command)):
        return script.group(1) if Path(command[0]).name.startswith("python") else "other"
    if "ipykernel_launcher" in command:
        return "kernel"
    return "main" if "snakemake" in command and "--report" not in command else "other"
