"""Ctrl-C leaves nothing in the queue."""

import signal

from launched import running, small_workflow


def test_ctrl_c_ends_all_jobs(launched, slurm):
    study = launched("interrupted", small_workflow, slurm)
    run = study.start("lasting1.txt", "lasting2.txt")
    study.until(run, lambda jobs: len(running(jobs, "lasting")) == 2)
    status, output = run.send(signal.SIGINT)
    assert status != 0, output
    assert set(study.jobs().state) <= {"CANCELLED", "COMPLETING"}
    assert not list(study.folder.glob("lasting*.txt"))
    # Nothing is locked and nothing is left: a plain run goes on.
    status, output = study.run("train.txt", "--rerun-incomplete")
    assert status == 0, output
