"""Ctrl-C leaves nothing in the queue; a lost node's job runs once more elsewhere."""

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


def test_a_lost_node_s_job_runs_once_more_on_another(launched, own_slurm):
    study = launched("lost", small_workflow, own_slurm)
    run = study.start("lasting1.txt")
    study.until(run, lambda jobs: len(running(jobs, "lasting")) == 1 and (study.folder / "writers1.txt").exists())
    (lost,) = running(study.jobs(), "lasting").node
    own_slurm.kill_node(lost)
    try:
        status, output = run.wait()
        assert status == 0, output
    finally:
        own_slurm.start_node(lost)
    (other,) = set(own_slurm.nodes) - {lost}
    jobs = study.jobs()
    assert jobs.state.tolist() == ["NODE_FAIL", "COMPLETED"]
    assert (study.folder / "writers1.txt").read_text().split() == [lost, other]
    assert f"SLURM-job '{jobs.id.iloc[0]}' failed due to a node failure" in output
