"""A node dies under its job: the job runs once more, elsewhere."""


def test_a_lost_node_s_job_runs_once_more_on_another(lost):
    status, output = lost.runs[0].wait()
    assert status == 0, output
    (other,) = set(lost.cluster.nodes) - {lost.lost}
    jobs = lost.jobs()
    assert jobs.state.tolist() == ["NODE_FAIL", "COMPLETED"]
    assert (lost.folder / "writers1.txt").read_text().split() == [lost.lost, other]
    assert f"SLURM-job '{jobs.id.iloc[0]}' failed due to a node failure" in output
