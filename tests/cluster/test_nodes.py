"""The test's own cluster is one: jobs reach every node."""


def test_all_nodes_are_idle_and_one_job_reaches_them(own_slurm):
    slurm = own_slurm()
    assert slurm.idle() == set(slurm.nodes)
    said = slurm.client("srun", "--nodes=2", "--ntasks=2", "sh", "-c", "echo $SLURMD_NODENAME")
    assert set(said.split()) == set(slurm.nodes)
