"""Trainings that die, and go on: the recording is that of an uninterrupted one, byte for byte."""

import errno
import logging
import multiprocessing
import os
import resource
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import torch

from traindyn.config import TrainingJob
from traindyn.recording import layout, writer
from traindyn.training import blocks, train

# Processes that are ready to train: nothing was computed in the one that they are forked from.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["traindyn.training", "sklearn.datasets", "torch._dynamo"])
DIGITS = {"name": "digits", "batch_size": 30, "test_samples": 50}
TAN = {"name": "convex", "function": "tan"}
MLP = {"name": "mlp", "hidden": [6]}
TRANSFORMER = {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}
POINT = {"name": "point", "start": 0.1, "stop": 0.9, "values": 3}
SEGMENT = {"name": "segment", "lower": [-1.3, -0.3], "upper": [0.14, 1.1], "values": 3}
MIRROR = {"name": "mirror_descent", "lr": 0.01, "mirror": "log_barrier", "lower": 0.01, "upper": 1.0}
SGD = {"name": "sgd", "lr": 0.1, "momentum": 0.9}
CASES = {
    "sgd": (DIGITS | {"order": "file"}, MLP, SGD),
    "adam": (DIGITS, MLP, {"name": "adam"}),
    "diverging": (DIGITS, MLP, {"name": "sgd", "lr": 1e30}),
    "batch norm, alone": (DIGITS | {"batch_size": 4}, {"name": "resnet20", "width": 2}, SGD),
    "norm constrained": ({"name": "modular_addition", "modulus": 7}, TRANSFORMER, {"name": "norm_constrained"}),
    "mirror descent": (TAN, POINT, MIRROR),
    "bisection": (TAN, SEGMENT, {"name": "bisection"}),
}


def make_job(name: str, steps: int = 12, **recording) -> TrainingJob:
    task, network, optimizer = CASES[name]
    return TrainingJob(
        **dict.fromkeys(("experiment", "group", "architecture", "optimizer"), "x"),
        root_seed=5,
        seeds=[2, 3] if task is not TAN else [0],
        replicas=2 if task is not TAN else 9,
        perturbation=0.001,
        task=task,
        network=network,
        optimization=optimizer,
        training={"steps": steps, "test_every": None if task is TAN else 5},
        recording=recording or {"layers": ["x"] if task is TAN else ["*"]},
    )


def small_chunks() -> None:
    """Files of several chunks in steps and in weights, written in blocks of several steps."""
    writer.BUFFER_BYTES, layout.CHUNK_BYTES = 1 << 16, 1 << 12


def one_life(job: TrainingJob, path: Path, seconds: float, number: int | None, step: int) -> None:
    """Train until the end, or until a signal that comes at this step."""
    small_chunks()
    torch.set_num_threads(1)
    if job.network.name == "resnet20":
        blocks.ALONE_BYTES = 0

    def progress(done: int, total: int, before: int) -> None:
        if done == step and number is not None:
            os.kill(os.getpid(), number)

    train(job, Path(), path, progress, origin="here", checkpoint_seconds=seconds)


def lived(*arguments: object) -> int | None:
    process = PROCESSES.Process(target=one_life, args=arguments)
    process.start()
    process.join(120)
    return process.exitcode


@pytest.fixture
def whole(tmp_path):
    """job → the bytes of its uninterrupted recording, without a single checkpoint."""

    def bytes_of(job: TrainingJob) -> bytes:
        path = tmp_path / "whole" / "r.h5"
        assert lived(job, path, 1e9, None, 0) == 0
        assert list(path.parent.iterdir()) == [path]
        return path.read_bytes()

    return bytes_of


@pytest.mark.parametrize("name", CASES)
def test_killed_trainings_end_in_the_same_bytes(tmp_path, whole, name):
    job, path = make_job(name), tmp_path / "r.h5"
    expected = whole(job)
    # A training that SIGTERM ended after step s goes on with s + 2.
    steps = np.array([1, 3, 6]) + np.random.default_rng(sum(name.encode())).integers(2, size=3).cumsum()
    for step, number in zip(steps, (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL), strict=True):
        seconds = 0 if number == signal.SIGKILL else 1e9  # SIGTERM needs no checkpoint before it
        status = -signal.SIGKILL if number == signal.SIGKILL else 128 + signal.SIGTERM
        assert lived(job, path, seconds, number, int(step)) == status
        assert not path.exists()
    assert lived(job, path, 0, None, 0) == 0
    assert path.read_bytes() == expected
    assert [p.name for p in tmp_path.iterdir() if p.name != "whole"] == ["r.h5"]


def test_killed_at_any_moment(tmp_path, whole):
    job, path = make_job("adam", steps=20), tmp_path / "r.h5"
    expected, generator = whole(job), np.random.default_rng(4)
    for _ in range(4):
        process = PROCESSES.Process(target=one_life, args=(job, path, 0, None, 0))
        process.start()
        process.join(generator.uniform(0.2, 1.2))
        process.kill()
        process.join()
    assert lived(job, path, 0, None, 0) == 0
    assert path.read_bytes() == expected
    assert [p.name for p in tmp_path.iterdir() if p.name != "whole"] == ["r.h5"]


class StopError(Exception):
    """Ends a training in this process."""


def train_until(step: int, job: TrainingJob, path: Path, **options) -> list[int]:
    """Train until a step, with a checkpoint at each; the steps that were computed."""
    seen = []

    def progress(done: int, total: int, before: int) -> None:
        seen.append(done)
        if done == step:
            raise StopError

    train(job, Path(), path, progress, checkpoint_seconds=0, **{"origin": "here"} | options)
    return seen


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A folder with what a training left that was stopped after step 8 of 12, and its uninterrupted bytes."""
    job, folder = make_job("adam"), tmp_path_factory.mktemp("stopped")
    with pytest.MonkeyPatch.context() as patch:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        patch.setattr(writer, "BUFFER_BYTES", 1 << 14)
        patch.setattr(layout, "CHUNK_BYTES", 1 << 12)
        train_until(-1, job, folder / "whole" / "r.h5")
        with pytest.raises(StopError):
            train_until(8, job, folder / "r.h5")
        yield job, folder, (folder / "whole" / "r.h5").read_bytes()
        torch.set_num_threads(threads)


def flipped(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(where * len(content))] ^= 4
    path.write_bytes(content)


DAMAGE = {
    "checkpoint truncated": ("checkpoint", lambda path: os.truncate(path, path.stat().st_size // 2)),
    "checkpoint empty": ("checkpoint", lambda path: os.truncate(path, 0)),
    "checkpoint of something else": ("checkpoint", lambda path: path.write_bytes(b"nothing of the kind" * 9)),
    **{f"checkpoint flipped at {at}": ("checkpoint", lambda path, at=at: flipped(path, at)) for at in (0, 0.3, 0.999)},
    "recording truncated": ("partial", lambda path: os.truncate(path, path.stat().st_size // 2)),
    "recording empty": ("partial", lambda path: os.truncate(path, 0)),
    "recording gone": ("partial", lambda path: path.unlink()),
    "recording zeroed": ("partial", lambda path: path.write_bytes(bytes(path.stat().st_size))),
}


@pytest.mark.parametrize("damage", [None, *DAMAGE])
def test_what_is_damaged_is_not_used(tmp_path, stopped, caplog, damage):
    job, folder, expected = stopped
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    if damage is not None:
        kind, harm = DAMAGE[damage]
        harm(next(tmp_path.glob(f".*.{kind}")))
    with caplog.at_level("INFO"):
        seen = train_until(-1, job, tmp_path / "r.h5")
    assert seen[0] == (9 if damage is None else 0)
    assert ("anew" in caplog.text) is (damage is not None)
    assert (tmp_path / "r.h5").read_bytes() == expected
    assert [p.name for p in tmp_path.iterdir() if p.name != "whole"] == ["r.h5"]


def test_no_flipped_byte_of_the_unfinished_recording_gets_through(tmp_path, stopped):
    job, folder, expected = stopped
    generator, found = np.random.default_rng(2), set()
    for number in range(8):
        shutil.copytree(folder, tmp_path / str(number))
        flipped(next((tmp_path / str(number)).glob(".*.partial")), generator.random())
        found.add(train_until(-1, job, tmp_path / str(number) / "r.h5")[0])
        assert (tmp_path / str(number) / "r.h5").read_bytes() == expected
    assert found == {0, 9}  # some lie where it matters, some do not


def test_a_checkpoint_of_something_else_is_not_used(tmp_path, stopped, caplog):
    job, folder, _ = stopped
    others = {
        "origin": (job, {"origin": "there"}),
        "job": (make_job("adam", steps=13), {}),
        "group": (make_job("sgd"), {}),
    }
    for name, (other, options) in others.items():
        shutil.copytree(folder, tmp_path / name)
        assert train_until(-1, other, tmp_path / name / "r.h5", **options)[0] == 0
        assert "another configuration, code or library" in caplog.text
        caplog.clear()


def limited(job: TrainingJob, path: Path, largest: int, step: int) -> None:
    """As where no file can grow beyond a size."""
    logging.basicConfig(filename=path.with_suffix(".log"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    one_life(job, path, 0, signal.SIGKILL, step)


def test_where_no_checkpoint_can_be_written_training_goes_on(tmp_path, whole):
    job, path = make_job("adam", layers=["output.bias"]), tmp_path / "r.h5"
    job = job.model_copy(update={"network": job.network.model_copy(update={"hidden": [300]})})
    expected, size = whole(job), 100_000
    process = PROCESSES.Process(target=limited, args=(job, path, size, 8))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL  # it came as far as that
    assert os.strerror(errno.EFBIG) in path.with_suffix(".log").read_text()
    assert [p.suffix for p in tmp_path.iterdir() if p.is_file() and p.suffix != ".log"] == [".partial"]
    process = PROCESSES.Process(target=limited, args=(job, path, size, -1))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert path.read_bytes() == expected
