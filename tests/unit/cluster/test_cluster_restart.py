"""What the launcher does before it becomes Snakemake, with stand-ins for Slurm and for Snakemake."""

import fcntl
import os
import subprocess
import sys

import pytest
from stand_ins import calls, write_stand_ins

from traindyn.cluster.earlier import cancel, left_in_queue, run_ids
from traindyn.cluster.settings import FIRST_CHECK, check_settings
from traindyn.errors import InputError

# Two of the three jobs are ours; a cancelled job is seen twice more.
QUEUE = """\
[ -e gone ] || echo '5|traindyn_a'
[ -e gone ] || echo '6|traindyn_a'
echo '7|another run'
[ $(grep -c scancel calls) -lt 1 ] || [ $(grep -c squeue calls) -lt 4 ] || touch gone
"""
SETTINGS = "echo 'AccountingStorageType = accounting_storage/none'; echo 'MinJobAge = 300 sec'"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A workflow's folder with the logs of two runs, in which every client and `snakemake` are stand-ins."""
    real = write_stand_ins(tmp_path / "real", squeue=QUEUE, scontrol=SETTINGS)
    (tmp_path / "study" / ".snakemake" / "log").mkdir(parents=True)
    for name in ("a", "b"):
        log = tmp_path / "study" / ".snakemake" / "log" / f"{name}.snakemake.log"
        log.write_text(f"Building DAG of jobs...\nSLURM run ID: traindyn_{name}\nUsing shell\n", encoding="utf-8")
    (tmp_path / "study" / "profiles" / "slurm").mkdir(parents=True)
    (tmp_path / "study" / "profiles" / "slurm" / "config.yaml").write_text(f"{FIRST_CHECK}: 20\n", encoding="utf-8")
    (tmp_path / "study" / "snakemake.py").write_text(
        f"import os, sys\nopen('{real}/calls', 'a').write('snakemake ' + ' '.join(sys.argv[1:]) + '\\n')\n"
        "print(os.environ['PATH'].split(':')[0])\n",
        encoding="utf-8",
    )
    (tmp_path / "study" / "snakemake_executor_plugin_slurm.py").touch()
    monkeypatch.setenv("PATH", f"{real}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path / "study")
    return real


def launch(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "traindyn.cluster", *arguments], capture_output=True, text=True, timeout=60
    )


def test_run_ids_and_jobs_of_earlier_runs(folder, tmp_path):
    names = run_ids(tmp_path / "study" / ".snakemake" / "log")
    assert names == {"traindyn_a", "traindyn_b"}
    assert left_in_queue(names) == {"5": "traindyn_a", "6": "traindyn_a"}
    assert run_ids(tmp_path / "nowhere") == set()


def test_cancelled_jobs_are_waited_for(folder):
    assert cancel({"traindyn_a", "traindyn_b"}, pause=0.01) == 2
    assert [call for call in calls(folder) if call.startswith("scancel")] == ["scancel --name traindyn_a"]
    assert (folder / "gone").exists()


def test_jobs_that_do_not_end_are_an_error(folder):
    (folder / "squeue").write_text("#!/bin/sh\necho '5|traindyn_a'\n")
    with pytest.raises(InputError, match="jobs 5 do not end"):
        cancel({"traindyn_a"}, patience=0.05, pause=0.01)


def test_a_restart_cancels_waits_unlocks_and_runs_what_was_incomplete(folder):
    done = launch("restart", "--configfile", "my study.yaml", "width")
    assert done.returncode == 0, done.stderr
    assert "2 jobs of earlier runs cancelled and gone" in done.stderr
    given = "snakemake --workflow-profile profiles/slurm --configfile my study.yaml width"
    kinds = [call for call in calls(folder) if not call.startswith(("squeue", "scontrol"))]
    assert kinds == ["scancel --name traindyn_a", f"{given} --unlock", f"{given} --rerun-incomplete"]
    assert done.stdout.splitlines()[-1].endswith("/study/.snakemake/traindyn-cluster/bin")


def test_a_run_is_refused_beside_jobs_of_an_earlier_one(folder):
    done = launch("run")
    assert done.returncode == 1
    assert done.stderr == "traindyn: jobs of an earlier run are still there: 5, 6; use restart, which ends them\n"
    (folder / "gone").touch()
    assert launch("run").returncode == 0
    assert calls(folder)[-1] == "snakemake --workflow-profile profiles/slurm"


@pytest.mark.parametrize("what", ["run", "restart"])
def test_nothing_is_done_beside_a_run_that_is_alive(folder, tmp_path, what):
    lock = tmp_path / "study" / ".snakemake" / "traindyn-cluster" / "lock"
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = launch(what)
    assert done.returncode == 1
    assert "held by a run in this folder that is alive" in done.stderr
    assert not (folder / "calls").exists()


def test_no_controller_and_no_profile_are_one_line(folder):
    (folder / "scontrol").write_text("#!/bin/sh\necho 'No such host' >&2\nexit 1\n")
    done = launch("run")
    assert (done.returncode, done.stderr) == (1, "traindyn: no Slurm controller answers: No such host\n")
    done = launch("run", "--workflow-profile", "profiles/absent")
    assert done.stderr.startswith("traindyn: profiles/absent/config.yaml: no such file")


@pytest.mark.parametrize(
    ("age", "accounting", "interval", "accepted"),
    [("60 sec", "none", 20, True), ("59 sec", "none", 20, False), ("59 sec", "slurmdbd", 20, True),
     ("119", "none", None, False), ("120", "none", None, True)],
)  # fmt: skip
def test_slurm_remembers_finished_jobs_long_enough(age, accounting, interval, accepted):
    settings = f"AccountingStorageType   = accounting_storage/{accounting}\nMinJobAge               = {age}\n"
    profile = {} if interval is None else {FIRST_CHECK: interval}
    if accepted:
        check_settings(settings, profile)
    else:
        with pytest.raises(InputError, match=f"must be at most {int(age.split()[0]) // 3}"):
            check_settings(settings, profile)
