"""What surrounds a script's one call: the log, one line for bad input, the traceback in the log only, progress."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from threadpoolctl import threadpool_info

from traindyn import jobs
from traindyn.errors import InputError


@pytest.fixture
def snakemake(tmp_path):
    return SimpleNamespace(log=[tmp_path / "logs" / "rule.log"], rule="rule", threads=1, input=[], output=[])


def test_bad_input_is_one_line_and_status_one(snakemake, capsys):
    with pytest.raises(SystemExit) as ended, jobs.job(snakemake):
        raise InputError("file.h5:\n  is   bad")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "traindyn: file.h5: is bad\n"
    assert "file.h5: is bad" in snakemake.log[0].read_text()


def test_other_errors_leave_their_traceback_in_the_log(snakemake):
    with pytest.raises(ZeroDivisionError), jobs.job(snakemake):
        _ = 1 / 0
    assert "ZeroDivisionError" in snakemake.log[0].read_text()


def test_numerical_libraries_get_the_rules_threads(snakemake):
    import numpy  # noqa: F401  (loads a BLAS)

    with jobs.job(snakemake):
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}


def test_progress_says_what_remains(snakemake, capsys, monkeypatch):
    clock = iter([0.0, 11.0, 11.2, 22.0, 23.0, 24.0])
    monkeypatch.setattr(jobs.time, "monotonic", lambda: next(clock))
    with jobs.job(snakemake) as logger:
        report = jobs.progress(logger, "width 5")
        for done in (0, 1, 50, 60, 100):
            report(done, 100)
    printed = capsys.readouterr().err.splitlines()
    assert printed == [
        "width 5: step 1/100, 11 s so far, about 1109 s remain",
        "width 5: step 50/100, 22 s so far, about 22 s remain",
    ]
    assert "step 100/100" in snakemake.log[0].read_text()


def test_a_damaged_input_ends_the_job_before_it_is_read(snakemake, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    snakemake.output = ["a.csv"]
    with jobs.job(snakemake):
        Path("a.csv").write_text("1\n")
    snakemake.input, snakemake.output = ["a.csv"], ["b.csv"]
    with jobs.job(snakemake):
        Path("b.csv").write_text("2\n")
    Path("a.csv").write_text("7\n")
    with pytest.raises(SystemExit), jobs.job(snakemake):
        pytest.fail("the job ran")
    assert capsys.readouterr().err.startswith("traindyn: a.csv: damaged: ")
