"""A node dies under its job: the job runs once more, elsewhere. A node is drained: its job ends there, others go on."""

from launched import overlaps, running, small_workflow


def test_a_lost_node_s_job_runs_once_more_on_another(lost):
    status, output = lost.runs[0].wait()
    assert status == 0, output
    (other,) = set(lost.cluster.nodes) - {lost.lost}
    jobs = lost.jobs()
    assert jobs.state.tolist() == ["NODE_FAIL", "COMPLETED"]
    assert (lost.folder / "writers1.txt").read_text().split() == [lost.lost, other]
    assert f"SLURM-job '{jobs.id.iloc[0]}' failed due to a node failure" in output


def test_a_drained_node_ends_its_job_and_gets_no_other(launched, own_slurm):
    """Three jobs on two nodes of one CPU each: the third waits when the first one's node is drained."""
    study = launched("drained", small_workflow, own_slurm(cpus=1))
    run = study.start("lasting1.txt", "lasting2.txt", "lasting3.txt")
    study.until(run, lambda jobs: len(running(jobs, "lasting")) == 2)
    before = running(study.jobs(), "lasting")
    drained = before.node.iloc[0]
    study.cluster.client("scontrol", "update", f"NodeName={drained}", "State=DRAIN", "Reason=test")
    status, output = run.wait()
    assert status == 0, output
    jobs = study.jobs()
    assert jobs.state.tolist() == ["COMPLETED"] * 3
    assert set(jobs.node) == set(study.cluster.nodes)
    (later,) = jobs[~jobs.id.isin(before.id)].node
    assert later != drained
    assert overlaps(jobs) == []
