"""Two processes that train together (DistributedDataParallel with gloo): process 0 records, names are the network's."""

import numpy as np
import pytest
import torch
import torch.multiprocessing
from own_loops import flat, loop, network
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from traindyn import Recorder
from traindyn.errors import InputError
from traindyn.recording import open_recording


def train(rank, folder):
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    model = DistributedDataParallel(network())
    # A mistake is one in every process: none may wait for the others for ever.
    with pytest.raises(InputError, match="matches no parameter"):
        Recorder(folder / "run.h5", model, layers="module.0.weight")
    with Recorder(folder / "run.h5", model, layers="*.weight") as recorder:
        weights, losses = loop(model, 4, recorder)
        recorder.step()
    if rank == 0:
        np.savez(folder / "expected.npz", weights=[*weights, flat(model).numpy()], losses=losses)
    distributed.destroy_process_group()


@pytest.mark.skipif(not distributed.is_gloo_available(), reason="torch was built without gloo")
def test_process_0_records(tmp_path):
    # Not forked: threads of tests that ran before in this process would be missing in its copies, which wait for them.
    torch.multiprocessing.start_processes(train, args=(tmp_path,), nprocs=2, start_method="spawn")
    with np.load(tmp_path / "expected.npz") as expected, open_recording(tmp_path / "run.h5") as recording:
        assert recording.layers == {"0.weight": 12, "2.weight": 12}
        weights = np.concatenate([expected["weights"][:, :12], expected["weights"][:, 16:28]], axis=1)
        np.testing.assert_array_equal(recording.trajectories(0)[0], weights)
        np.testing.assert_array_equal(recording.scalars("train_loss")[0, 0, :4], expected["losses"])
    assert sorted(file.name for file in tmp_path.iterdir() if file.name != "meeting") == ["expected.npz", "run.h5"]
