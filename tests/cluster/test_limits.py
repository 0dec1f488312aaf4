"""Resources of the profile reach Slurm; jobs that fail say where their log is and are repeated with more."""

import os
import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def ended(limits):
    """The run's exit status and what it said are its fields."""
    limits.status, limits.output = limits.runs[0].wait()
    return limits


def jobs(study, rule):
    found = study.jobs()
    return found[found.rule == f"rule_{rule}"]


def test_the_profile_gives_memory_time_and_threads(ended):
    assert (ended.folder / "train.txt").read_text().split() == ["4000", "240", "1"]
    # Within a job no more threads than the host has, whatever its node claims.
    threads = min(4, len(os.sched_getaffinity(0)))
    seen = [str(number) for number in (1500 + 500 * threads, 240, threads)]
    assert (ended.folder / "distances.txt").read_text().split() == seen
    (train,) = jobs(ended, "train").to_dict("records")
    assert (train["memory"], train["limit"], train["cpus"]) == ("4000M", "4:00:00", "1")
    (distances,) = jobs(ended, "distances").to_dict("records")
    assert (distances["memory"], distances["cpus"]) == ("3500M", "4")


def test_a_job_that_always_fails_has_three_attempts_with_rising_memory(ended):
    assert ended.status != 0
    failed = jobs(ended, "fails")
    assert failed.state.tolist() == ["FAILED"] * 3
    assert failed.memory.tolist() == ["1500M", "3000M", "4500M"]
    assert failed.limit.tolist() == ["30:00", "1:00:00", "1:30:00"]


def test_a_failure_names_its_job_and_a_log_that_is_there_and_leaves_no_output(ended):
    for job in jobs(ended, "fails").id:
        assert f"SLURM-job '{job}' failed, SLURM status is: 'FAILED'" in ended.output
        (log,) = set(re.findall(rf"\S+/rule_fails/{job}\.log", ended.output))
        assert Path(log).is_file()
    assert not (ended.folder / "fails.txt").exists()


def test_the_rest_is_finished(ended):
    finished = {path.name for path in ended.folder.glob("*.txt")}
    assert finished == {"train.txt", "distances.txt", "hog.txt", "late.txt"}


def test_too_much_memory_is_seen_and_the_next_attempt_gets_more(ended):
    first, *_, last = jobs(ended, "hog").to_dict("records")
    assert (first["state"], last["state"]) in {("FAILED", "COMPLETED"), ("OUT_OF_MEMORY", "COMPLETED")}
    (log,) = ended.folder.glob(f".snakemake/slurm_logs/rule_hog/{first['id']}.log")
    assert re.search("exceeded.*memory limit|oom.kill", log.read_text(errors="replace"), re.IGNORECASE)
    assert str(log) in ended.output


def test_too_much_time_is_seen_and_the_next_attempt_gets_more(ended):
    first, last = jobs(ended, "late").to_dict("records")
    assert (first["state"], first["limit"], last["state"]) == ("TIMEOUT", "1:00", "COMPLETED")
    assert f"SLURM-job '{first['id']}' failed, SLURM status is: 'TIMEOUT'" in ended.output


def test_a_request_that_no_node_can_meet_is_refused_at_once(ended):
    assert set(jobs(ended, "impossible").node) <= {""}
    assert re.search("SLURM sbatch failed.*(not available|not be satisfied|[Mm]emory specification)", ended.output)
