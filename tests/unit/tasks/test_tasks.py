"""Tasks: batches, data files, downloads from a local server, and what happens when bytes are not the expected ones."""

import gzip
import hashlib
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn import functional

from traindyn.config import Component, build_component
from traindyn.errors import InputError
from traindyn.tasks.base import cross_entropy
from traindyn.tasks.convex import Convex
from traindyn.tasks.digits import Digits
from traindyn.tasks.formats.fetch import DataFile, obtain, read_checked
from traindyn.tasks.formats.idx import parse_idx
from traindyn.tasks.mnist import FILES, MNIST


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def test_file_order_repeats_the_file():
    batches = Digits(batch_size=4, order="file").batches(10, 5, np.random.default_rng(0))
    assert batches.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]]


def test_shuffled_epochs_are_permutations():
    batches = Digits(batch_size=5, order="shuffled").batches(10, 6, np.random.default_rng(0))
    epochs = batches.reshape(3, 10)
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_batch_larger_than_the_data_is_bad_input():
    with pytest.raises(InputError, match="batch_size = 11: there are 10 training samples"):
        Digits(batch_size=11).batches(10, 6, np.random.default_rng(0))


def test_digits_are_scikit_learns_in_order():
    data, source = Digits(test_samples=297).load(Path()), load_digits()
    assert data.train_inputs.shape == (1500, 1, 8, 8)
    np.testing.assert_array_equal((data.test_inputs[3, 0].numpy() + 1) * 8, source.images[1503])
    assert data.train_targets.tolist() == source.target[:1500].tolist()


@pytest.mark.parametrize(("name", "expected"), [("tan", np.tan), ("square", np.square), ("quartic", lambda x: x**4)])
def test_convex_losses(name, expected):
    x = np.array([0.3, -0.7])
    assert Convex(function=name).loss(torch.as_tensor(x), None).item() == pytest.approx(expected(x).sum(), abs=1e-15)


def test_idx_round_trip():
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(parse_idx(idx(array), "x"), array)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\x08", b"\0\0\x0d\x01\0\0\0\x01\0", b"\0\0\x08\x02\0\0\0\x01", idx(np.zeros((2, 3), np.uint8))[:-1]],
)
def test_bad_idx_is_refused(content):
    with pytest.raises(InputError, match=r"images\.gz: "):
        parse_idx(content, "images.gz")


CONTENT = b"content of the data set" * 100
FILE = DataFile("part.gz", hashlib.sha256(CONTENT).hexdigest())


def test_download_from_the_first_mirror_that_works(tmp_path, server):
    (tmp_path / "served" / "good").mkdir()
    (tmp_path / "served" / "good" / "part.gz").write_bytes(gzip.compress(CONTENT))
    (tmp_path / "served" / "tampered").mkdir()
    (tmp_path / "served" / "tampered" / "part.gz").write_bytes(gzip.compress(CONTENT + b"!"))
    mirrors = ["http://127.0.0.1:9", f"{server}/missing", f"{server}/tampered", f"{server}/good/"]
    assert obtain(FILE, tmp_path / "data", mirrors) == FILE.sha256
    assert read_checked(tmp_path / "data" / "part.gz", FILE.sha256) == CONTENT
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["part.gz"]


@pytest.mark.parametrize(
    "bad",
    [CONTENT, gzip.compress(CONTENT)[:-20], gzip.compress(b"other")],
    ids=["not compressed", "truncated", "other content"],
)
def test_nothing_is_kept_of_a_bad_download(tmp_path, server, bad):
    (tmp_path / "served" / "part.gz").write_bytes(bad)
    with pytest.raises(InputError, match="no mirror delivers it") as caught:
        obtain(FILE, tmp_path / "data", [server])
    assert server in str(caught.value)
    assert list((tmp_path / "data").iterdir()) == []


def test_a_present_file_is_used_and_checked(tmp_path):
    (tmp_path / "part.gz").write_bytes(gzip.compress(CONTENT))
    assert obtain(FILE, tmp_path, []) == FILE.sha256
    (tmp_path / "part.gz").write_bytes(gzip.compress(CONTENT[1:]))
    with pytest.raises(InputError, match="expected"):
        obtain(FILE, tmp_path, [])


def test_missing_data_say_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte\.gz: missing; run the workflow's data rule"):
        MNIST().load(tmp_path)


def test_mirrors_must_be_addresses():
    with pytest.raises(InputError, match=r"mirrors\.0 = 'file:///etc/passwd'"):
        build_component("task", Component(name="mnist", mirrors=["file:///etc/passwd"]))


def test_real_mnist(real_data):
    folder = real_data(f"mnist/{FILES[0].name}")
    task = MNIST(order="file")
    assert set(task.prepare(folder)) == {file.name for file in FILES}
    data = task.load(folder)
    assert data.train_inputs.shape == (60000, 1, 28, 28)
    assert data.test_targets.shape == (10000,)
    assert data.train_targets[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.train_inputs.mean().item() == pytest.approx(0, abs=1e-3)
    assert data.train_inputs.std().item() == pytest.approx(1, abs=1e-3)


def test_cross_entropy_equals_that_of_torch():
    """Value and gradient, float64; logits of 1e4 as well, whose exponentials overflow."""
    targets = torch.arange(6) % 4
    for scale in (1.0, 1e4):
        generator = torch.Generator().manual_seed(0)
        outputs = (scale * torch.randn(6, 4, generator=generator, dtype=torch.float64)).requires_grad_()
        losses = [call(outputs, targets) for call in (cross_entropy, functional.cross_entropy)]
        gradients = [torch.autograd.grad(loss, outputs)[0] for loss in losses]
        torch.testing.assert_close(*losses, rtol=1e-14, atol=0)
        torch.testing.assert_close(*gradients, rtol=1e-14, atol=1e-16)


def test_data_are_prepared_without_torch():
    """The job that checks an experiment's data starts in a second less."""
    tasks = {"digits": {}, "convex": {"function": "tan"}, "modular_addition": {}, "mnist": {}, "cifar10": {}}
    code = f"""
import sys
from traindyn.config import Component, build_component
for name, options in {tasks!r}.items():
    build_component("task", Component(name=name, **options))
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
