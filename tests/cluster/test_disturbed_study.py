"""A small study with its controller away for 20 s and its main process killed: the tables of an undisturbed run."""

import signal
import time

import pytest
from launched import overlaps, running
from small_study import Study

pytestmark = pytest.mark.slow
TARGETS = [f"results/width/{table}" for table in ("verdicts.csv", "spectra.parquet", "learning_curves.parquet")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, _under_way):
    study = Study(tmp_path_factory.mktemp("undisturbed") / "study", "small.yaml")
    study.run(*TARGETS)
    return study.tables()


@pytest.fixture(scope="module")
def disturbed(launched, own_slurm, _under_way):
    """Every run's exit status and what it said, by name."""
    study = launched("disturbed", lambda folder: Study(folder, "small.yaml"), own_slurm())
    arguments = (*TARGETS, "--configfile", "study.yaml")
    first = study.start(*arguments)
    # Trainings that run, by their logs: a job that meets the outage at its start waits a minute longer for its srun.
    study.until(first, lambda _: len(list(study.folder.glob("logs/train/**/*.log"))) == 4)
    study.cluster.stop_controller()
    time.sleep(20)
    study.cluster.start_controller()
    study.until(first, lambda jobs: len(running(jobs, "fit")) >= 3)
    study.said = {"beside": study.run(*arguments)}
    study.said["killed"] = first.send(signal.SIGKILL)
    study.said["early"] = study.run(*arguments)
    study.said["restart"] = study.run(*arguments, what="restart")
    study.said["again"] = study.run(*arguments)
    return study


def test_the_restart_completes(disturbed):
    status, output = disturbed.said["restart"]
    assert status == 0, output
    assert "jobs of earlier runs cancelled and gone" in output


def test_tables_are_equal_byte_for_byte_to_those_of_two_cores(disturbed, undisturbed):
    found = {str(p.relative_to(disturbed.folder)): p.read_bytes() for p in disturbed.folder.glob("results/**/*")
             if p.is_file()}  # fmt: skip
    assert len(undisturbed) == 10
    assert [name for name, content in undisturbed.items() if found.get(name) != content] == []


def test_no_file_had_two_writers(disturbed):
    jobs = disturbed.jobs()
    assert "CANCELLED" in set(jobs.state)
    assert jobs.rule.duplicated().any()
    assert overlaps(jobs) == []


def test_every_step_was_a_job_and_all_nodes_had_some(disturbed):
    jobs = disturbed.jobs()
    ended = jobs[jobs.state == "COMPLETED"]
    assert set(ended.node) == set(disturbed.cluster.nodes)
    rules = ended.rule.str.split("_").str[1].value_counts().to_dict()
    assert rules == {"train": 4, "fit": 4, "summary": 1, "spectra": 1, "distances": 1, "verdicts": 1}


def test_a_run_is_refused_beside_another_and_beside_jobs_that_one_left(disturbed):
    status, output = disturbed.said["beside"]
    assert status == 1
    assert "held by a run in this folder that is alive" in output
    status, output = disturbed.said["early"]
    assert status == 1
    assert "jobs of an earlier run are still there" in output


def test_a_second_run_has_nothing_to_do(disturbed):
    status, output = disturbed.said["again"]
    assert status == 0
    assert "Nothing to be done" in output
