"""The test's own cluster is one: jobs reach every node."""


def test_all_nodes_are_idle_and_one_job_reaches_them(own_slurm):
    assert own_slurm.idle() == set(own_slurm.nodes)
    said = own_slurm.client("srun", "--nodes=2", "--ntasks=2", "sh", "-c", "echo $SLURMD_NODENAME")
    assert set(said.split()) == set(own_slurm.nodes)
