"""Runs of the launcher in folders of their own, each under a time limit."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
from slurm import Clients

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 800


class Run:
    """One call of the launcher."""

    def __init__(self, process: subprocess.Popen, log: Path) -> None:
        self.process, self.log = process, log

    def said(self) -> str:
        """What it said so far."""
        return self.log.read_text(encoding="utf-8")

    def wait(self) -> tuple[int, str]:
        """Exit status and what was said."""
        return self.process.wait(), self.said()

    def send(self, how: signal.Signals) -> tuple[int, str]:
        """Send Snakemake's main process a signal, and wait."""
        (main,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(int(main), how)
        return self.wait()


class Launched:
    """A folder with a workflow, and the cluster that runs its jobs."""

    def __init__(self, folder: Path, cluster: Clients, limit: int = LIMIT_SECONDS) -> None:
        self.folder, self.cluster, self.limit = folder, cluster, limit
        self.runs: list[Run] = []
        self.variables: dict[str, str] = {}  # further ones of the environment

    def environment(self) -> dict[str, str]:
        """The folder's own copy of the package comes first, if it has one."""
        search = [str(self.folder / "workflow"), str(ROOT / "workflow"), os.environ.get("PYTHONPATH", "")]
        path = os.pathsep.join([str(Path(sys.executable).parent), self.cluster.environment["PATH"]])
        paths = {"PYTHONPATH": os.pathsep.join(filter(None, search)), "PATH": path}
        return self.cluster.environment | paths | self.variables

    def start(self, *arguments: str, what: str = "run") -> Run:
        """Start the launcher, in a session of its own as a terminal's would be."""
        command = ["timeout", "-k", "5", str(self.limit), sys.executable, "-m", "traindyn.cluster", what]
        # States are asked for often, so that tests are short.
        command += ["--slurm-init-seconds-before-status-checks", "3", *arguments]
        log = self.folder / f"run{len(self.runs)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        self.runs.append(Run(process, log))
        return self.runs[-1]

    def run(self, *arguments: str, what: str = "run") -> tuple[int, str]:
        """Exit status and what was said."""
        return self.start(*arguments, what=what).wait()

    def until(self, run: Run, condition, seconds: float = 300) -> None:
        """Wait until the condition holds of the table of this folder's jobs, while the run is alive."""
        deadline = time.monotonic() + seconds
        while not condition(self.jobs()):
            assert run.process.poll() is None, run.said()
            assert time.monotonic() < deadline, f"{run.said()}\n{self.jobs().to_string()}"
            time.sleep(0.3)

    def jobs(self) -> pd.DataFrame:
        """Every job of this folder's runs, in the order of submission."""
        lines = [line for run in self.runs for line in run.said().splitlines()]
        names = {line.split()[-1] for line in lines if line.startswith("SLURM run ID:")}
        columns = ["id", "name", "rule", "state", "node", "start", "end", "memory", "cpus", "limit"]
        table = pd.DataFrame(self.cluster.jobs(), columns=columns)
        return table[table.name.isin(names)]

    def end(self) -> None:
        """End what still runs."""
        for run in self.runs:
            if run.process.poll() is None:
                os.killpg(run.process.pid, signal.SIGKILL)
                run.process.wait()
        with contextlib.suppress(subprocess.SubprocessError):  # a cluster that a test has broken ends with its jobs
            self.cluster.client("scancel", *self.jobs().id)


def small_workflow(folder: Path) -> None:
    """A workflow of shell commands with the repository's profile, for what trainings need not be waited for."""
    shutil.copytree(ROOT / "profiles", folder / "profiles")
    shutil.copy(Path(__file__).parent / "Snakefile", folder)


def running(jobs: pd.DataFrame, rule: str) -> pd.DataFrame:
    """The running jobs of a rule."""
    return jobs[(jobs.state == "RUNNING") & jobs.rule.str.startswith(f"rule_{rule}")]


def overlaps(jobs: pd.DataFrame) -> list[str]:
    """Rules with wildcards of which two jobs ran at the same time."""
    ran = jobs[~jobs.start.isin(["N/A", ""])].sort_values("start")
    return [rule for rule, same in ran.groupby("rule") if (same.start.iloc[1:].to_numpy() < same.end.iloc[:-1]).any()]
