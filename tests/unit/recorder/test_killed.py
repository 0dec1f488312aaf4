"""`kill -9` at any moment: every record whose `step` had returned is read, whole, and the training can go on."""

import os
import signal
import time
from multiprocessing import get_context

import numpy as np
import pytest
import torch
from own_loops import network

from traindyn import Recorder, recover
from traindyn.errors import InputError
from traindyn.recording import open_recording
from traindyn.recording.layout import unfinished

KILLS, STEPS = 25, 400


def weights_at(step):
    """A walk that any step of can be computed alone."""
    return np.random.default_rng(step).standard_normal(31).astype(np.float32)


def walk(path, start, reached, resume):
    """Record until killed, or to the end; `reached` counts the calls of `step` that returned."""
    torch.set_num_threads(1)  # a forked process has no others
    model = network()
    with Recorder(path, model, resume=resume) as recorder:
        for step in range(start, STEPS):
            values = torch.as_tensor(weights_at(step)).split([12, 4, 12, 3])
            for parameter, value in zip(model.parameters(), values, strict=True):
                parameter.data.copy_(value.reshape(parameter.shape))
            recorder.step(step, loss=step / 3)
            reached.value = step + 1


def held(path):
    """Steps, weights and losses of what a killed process left."""
    target = path if path.exists() else recover(path, to=path.with_name("look.h5")).path
    with open_recording(target) as recording:
        found = recording.steps.tolist(), recording.trajectories(0)[0], recording.scalars("train_loss")[0, 0]
    path.with_name("look.h5").unlink(missing_ok=True)
    return found


def test_nothing_that_was_recorded_is_lost(tmp_path):
    """Kills, each at a random moment of a run that goes on from a random step that the one before had reached."""
    generator, path, context = np.random.default_rng(0), tmp_path / "run.h5", get_context("fork")
    reached, start, killed_while_recording = context.Value("q", 0, lock=False), 0, 0
    for _ in range(KILLS):
        process = context.Process(target=walk, args=(path, start, reached, True))
        reached.value = start
        process.start()
        while process.is_alive() and reached.value == start:
            time.sleep(0.001)
        time.sleep(generator.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        returned = reached.value
        killed_while_recording += returned < STEPS
        steps, weights, losses = held(path)
        assert steps[:returned] == list(range(returned))
        assert len(steps) - returned in (0, 1)  # the last call may have done its work without having returned
        np.testing.assert_array_equal(weights, [weights_at(step) for step in steps])
        np.testing.assert_array_equal(losses, np.array(steps) / 3)
        start = int(generator.integers(returned + 1)) if returned < STEPS else 0
    assert killed_while_recording > KILLS / 4
    process = context.Process(target=walk, args=(path, start, reached, True))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert held(path)[0] == list(range(STEPS))
    assert not unfinished(path).exists()


def test_killed_before_the_first_record_it_is_in_nobodys_way(tmp_path):
    recorder = Recorder(tmp_path / "run.h5", network())
    recorder._journal.close()  # as the end of a process does
    with pytest.raises(InputError, match="no step was recorded"):
        recover(tmp_path / "run.h5")
    with Recorder(tmp_path / "run.h5", network()) as recorder:
        recorder.step()
    assert held(tmp_path / "run.h5")[0] == [0]
