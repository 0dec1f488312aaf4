"""Which device a job trains on, and that no two jobs take the same."""

import multiprocessing
import time

import pytest
import torch

from traindyn import dag
from traindyn.config import TrainingJob, TrainingPlan
from traindyn.errors import InputError
from traindyn.training import device, exclusive
from traindyn.training.blocks import GPU_FACTOR, extents
from traindyn.training.transfer import Transfer

NO_GPU = pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens where no GPU is")
DEVICES = ["GPU-a", "GPU-b", "GPU-c"]


def test_the_default_is_auto():
    assert TrainingPlan(steps=1).device == "auto"


@pytest.mark.parametrize(
    ("wanted", "given", "asks"),
    [("auto", False, False), ("auto", True, True), ("cpu", True, False), ("cpu", False, False), ("cuda", False, True)],
)
def test_a_gpu_is_used_where_one_was_given_or_asked_for(wanted, given, asks):
    assert device._asks_for_gpu(wanted, given=given) is asks


@pytest.mark.parametrize(("wanted", "gpus"), [("auto", 0), ("cpu", 0), ("cuda", 1)])
def test_a_job_asks_for_a_gpu_where_the_configuration_wants_one(wanted, gpus):
    plan = TrainingPlan(steps=1, device=wanted)
    assert dag.gpus(TrainingJob.model_construct(training=plan)) == gpus


@NO_GPU
def test_without_a_gpu_auto_trains_on_the_cpu_and_says_so(caplog):
    with device.training_device("auto", given=True) as found:
        assert found.type == "cpu"
    assert "given a GPU" in caplog.text


@NO_GPU
def test_without_a_gpu_cuda_is_an_error_in_one_line():
    with pytest.raises(InputError, match=r"training\.device = cuda: "), device.training_device("cuda", given=True):
        pass


def test_each_holder_has_a_device_of_its_own(tmp_path):
    with (
        exclusive.exclusive(DEVICES, tmp_path) as first,
        exclusive.exclusive(DEVICES, tmp_path) as second,
    ):
        with exclusive.exclusive(DEVICES, tmp_path) as third:
            assert [first, second, third] == [0, 1, 2]
        with exclusive.exclusive(DEVICES, tmp_path) as again:
            assert again == 2


def hold(folder, pipe):
    with exclusive.exclusive(DEVICES, folder) as position:
        pipe.send(position)
        time.sleep(60)


def test_processes_wait_for_a_device_and_a_killed_one_gives_it_back(tmp_path, monkeypatch):
    monkeypatch.setattr(exclusive, "WAIT_SECONDS", 0.01)
    fork = multiprocessing.get_context("fork")
    receivers, processes = [], []
    for _ in range(4):
        receiver, sender = fork.Pipe(duplex=False)
        processes.append(fork.Process(target=hold, args=(tmp_path, sender)))
        receivers.append(receiver)
        processes[-1].start()
    try:
        deadline = time.monotonic() + 60
        while sum(receiver.poll() for receiver in receivers) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        holders = [number for number, receiver in enumerate(receivers) if receiver.poll()]
        (waiting,) = set(range(4)) - set(holders)
        held = [receivers[number].recv() for number in holders]
        assert sorted(held) == [0, 1, 2]
        assert not receivers[waiting].poll(0.1)
        processes[holders[1]].kill()
        assert receivers[waiting].poll(60)
        assert receivers[waiting].recv() == held[1]
    finally:
        for process in processes:
            process.kill()
            process.join()


@pytest.mark.parametrize(("fitting", "blocks"), [(12, 1), (11, 3), (4, 3), (3, 12), (0, 12)])
def test_on_a_gpu_as_many_networks_as_fit_share_a_call(fitting, blocks):
    found = extents(3, 4, 100, gpu_bytes=fitting * 100 * GPU_FACTOR)
    assert len(found) == blocks
    networks = {(s, r) for seeds, replicas in found for s in range(3)[seeds] for r in range(4)[replicas]}
    assert len(networks) == 12 == sum(len(range(3)[s]) * len(range(4)[r]) for s, r in found)


def test_on_the_cpu_results_are_taken_at_once_and_as_they_are():
    taken = []
    transfer = Transfer(torch.device("cpu"), lambda step, found: taken.append((step, found)))
    results = [{"loss": torch.ones(2)} for _ in range(3)]
    for step, found in enumerate(results):
        transfer.put(step, found)
        assert taken[-1] == (step, found)
    transfer.finish()
    assert len(taken) == 3
