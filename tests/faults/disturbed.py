"""A small study that is disturbed and goes on with the documented command, which is the same command again."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from finished_studies import with_a_companion
from processes import MARK, Process, processes
from small_study import Study

# In the order in which a run can be killed at them one after the other: what little waits for comes late, since a run
# whose job was killed does all that does not need it.
STAGES = ("data", "train", "fit", "spectra", "distances", "verdicts", "exponents", "stability_tables", "summary",
          "rules_apart", "claims", "figure", "kernel", "run", "report")  # fmt: skip
LIMIT_SECONDS = 1800
# Outputs that tell times.
TIMES = {"results/run_times.csv", "results/run.html", "results/report.html"}


@dataclass(frozen=True)
class Kill:
    """What is to be killed: the process of a job, or the main process while that job runs."""

    stage: str
    victim: str
    how: signal.Signals


@dataclass
class Disturbed:
    """One study; `outcomes` has a row for each kill."""

    study: Study
    label: str
    runs: int = 0
    outcomes: list[dict] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen:
        """The documented command."""
        self.runs += 1
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "study.yaml", *arguments]
        environment = self.study.environment() | {MARK: f"{self.label}/{self.runs}"}
        with self.log.open("w") as log:
            return subprocess.Popen(
                command, cwd=self.study.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> Path:
        """What the latest run said."""
        return self.study.folder / f"run{self.runs}.log"

    def complete(self, *arguments: str) -> tuple[int, str]:
        """Run to the end: exit status, and what was said."""
        status = self.start(*arguments).wait(LIMIT_SECONDS)
        return status, self.log.read_text(encoding="utf-8")

    def kill(self, kill: Kill, chance: random.Random) -> None:
        """Run until the stage is reached, a random moment longer, kill, and wait until the main process has ended."""
        run = self.start()
        deadline = time.monotonic() + LIMIT_SECONDS
        stage = None
        while stage is None and run.poll() is None:
            assert time.monotonic() < deadline, self.log.read_text()
            if job := _job_at(kill.stage, self.living()):
                time.sleep(chance.choice([0, 0.2, 1, 3]) * chance.random())
                stage = job.stage if _hit(run, job.pid if kill.victim == "job" else run.pid, kill.how) else None
            time.sleep(0.05)
        status = run.wait(LIMIT_SECONDS)
        outcome = {"stage": stage, "victim": kill.victim, "signal": kill.how.name, "hit": stage is not None}
        self.outcomes.append(outcome | {"exit": status})

    def living(self) -> list[Process]:
        """Processes of the present run. No job of it may run beside a job of an earlier one."""
        found = processes(self.label)
        jobs = [process for process in found if process.stage not in ("main", "other")]
        present = [process for process in jobs if process.run == str(self.runs)]
        earlier = [process for process in jobs if process.run != str(self.runs)]
        assert not (present and earlier), f"two writers: {earlier} beside {present}"
        return [process for process in found if process.run == str(self.runs)]

    def results(self) -> dict[str, bytes]:
        """Bytes of all that the run made, but for what tells times."""
        folder = self.study.folder
        found = {str(p.relative_to(folder)): p for p in sorted(folder.glob("results/**/*")) if p.is_file()}
        return {name: path.read_bytes() for name, path in found.items() if name not in TIMES}


def _job_at(stage: str, living: list[Process]) -> Process | None:
    """A job of the stage, or else of the next one that runs: the stage may be over."""
    later = STAGES[STAGES.index(stage) :]
    jobs = [process for process in living if process.stage in later]
    return min(jobs, key=lambda job: STAGES.index(job.stage), default=None)


def _hit(run: subprocess.Popen, pid: int, how: signal.Signals) -> bool:
    """Was the process there to be killed?"""
    if run.poll() is not None:
        return False
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def chain(chance: random.Random, length: int) -> list[Kill]:
    """Kills at different stages, in the order in which a run comes to them."""
    stages = sorted(chance.sample(STAGES, length), key=STAGES.index)
    return [
        Kill(stage, chance.choice(["job", "main"]), chance.choice([signal.SIGTERM, signal.SIGKILL])) for stage in stages
    ]


def one_experiment(study: Study) -> Study:
    """All jobs of a run wait for each other, more or less: a run whose job was killed does what does not need it."""

    def change(raw: dict) -> None:
        del raw["experiments"]["optimizers"], raw["known_answers"]
        raw["experiments"]["width"]["training"]["chunk_size"] = 4
        with_a_companion(raw)

    study.configure(change)
    return study


def disturb(run: Disturbed, kills: list[Kill], chance: random.Random) -> None:
    """All kills, and a run that completes."""
    for kill in kills:
        run.kill(kill, chance)
        print(run.outcomes[-1], flush=True)
    status, said = run.complete()
    assert status == 0, said
    assert not list(run.study.folder.glob("results/**/.*")), "left by killed writers"


def same(run: Disturbed, undisturbed: Disturbed) -> None:
    found, expected = run.results(), undisturbed.results()
    assert set(found) == set(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def counts(outcomes: list[dict]) -> str:
    """Kills by stage, victim and signal."""
    table = pd.DataFrame(outcomes)
    hit = table[table.hit]
    return f"{len(hit)} kills\n{pd.crosstab(hit.stage, [hit.victim, hit.signal], margins=True).to_string()}"
