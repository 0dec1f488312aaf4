"""CIFAR-10: the binary format, the archive, parts of it, and what is refused."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest

from traindyn.config import Component, build_component
from traindyn.errors import InputError
from traindyn.tasks import cifar10
from traindyn.tasks.cifar10 import CIFAR10, DEVIATION, MEAN
from traindyn.tasks.formats.cifar import parse_cifar, read_member
from traindyn.tasks.formats.fetch import DataFile

NAMES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
GENERATOR = np.random.default_rng(0)
IMAGES = {name: GENERATOR.integers(0, 256, (4, 3, 32, 32), dtype=np.uint8) for name in NAMES}
LABELS = {name: GENERATOR.integers(0, 10, 4, dtype=np.uint8) for name in NAMES}


def binary(name):
    """A file of the binary version, image by image."""
    return b"".join(bytes([label]) + image.tobytes() for label, image in zip(LABELS[name], IMAGES[name], strict=True))


FILES = {name: binary(name) for name in NAMES}
DIGESTS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def archive(members):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
    return held.getvalue()


WHOLE = {f"cifar-10-batches-bin/{name}": content for name, content in FILES.items()}


@pytest.fixture
def published(monkeypatch):
    """Makes an archive with these members the published one; returns its bytes."""

    def publish(members):
        content = archive(members)
        digest = hashlib.sha256(content).hexdigest()
        monkeypatch.setattr(cifar10, "ARCHIVE", DataFile("cifar-10-binary.tar.gz", digest, gzipped=False))
        return content

    return publish


def normalised(names):
    images = np.concatenate([IMAGES[name] for name in names]) / 255
    return (images - np.reshape(MEAN, (3, 1, 1))) / np.reshape(DEVIATION, (3, 1, 1))


def test_the_archive_is_downloaded_checked_and_read(tmp_path, server, published):
    (tmp_path / "served" / "good").mkdir()
    (tmp_path / "served" / "good" / "cifar-10-binary.tar.gz").write_bytes(published(WHOLE))
    (tmp_path / "served" / "cifar-10-binary.tar.gz").write_bytes(archive({"x": b"tampered"}))
    task = CIFAR10(mirrors=[server, f"{server}/good"])
    assert task.prepare(tmp_path) == {cifar10.ARCHIVE.name: cifar10.ARCHIVE.sha256}
    assert [path.name for path in (tmp_path / "cifar10").iterdir()] == ["cifar-10-binary.tar.gz"]
    data = task.load(tmp_path)
    np.testing.assert_allclose(data.train_inputs.numpy(), normalised(NAMES[:5]), rtol=0, atol=1e-6)
    np.testing.assert_allclose(data.test_inputs.numpy(), normalised(NAMES[5:]), rtol=0, atol=1e-6)
    assert data.train_targets.tolist() == np.concatenate([LABELS[name] for name in NAMES[:5]]).tolist()
    assert data.test_targets.tolist() == LABELS["test_batch.bin"].tolist()


def test_a_tampered_archive_is_refused(tmp_path, server, published):
    published(WHOLE)
    bad = archive(WHOLE | {"more": b"x"})
    (tmp_path / "served" / "cifar-10-binary.tar.gz").write_bytes(bad)
    with pytest.raises(InputError, match="no mirror delivers it"):
        CIFAR10(mirrors=[server]).prepare(tmp_path)
    assert list((tmp_path / "cifar10").iterdir()) == []
    (tmp_path / "cifar10" / "cifar-10-binary.tar.gz").write_bytes(bad)
    for use in (CIFAR10().prepare, CIFAR10().load):
        with pytest.raises(InputError, match="expected"):
            use(tmp_path)


def test_members_that_lead_elsewhere_write_nothing(tmp_path, published):
    folder = tmp_path / "data" / "cifar10"
    folder.mkdir(parents=True)
    evil = {"../../outside.bin": b"x", str(tmp_path / "absolute.bin"): b"x", "cifar-10-batches-bin/link": "/etc"}
    (folder / "cifar-10-binary.tar.gz").write_bytes(published(evil | WHOLE))
    CIFAR10().load(tmp_path / "data")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["cifar-10-binary.tar.gz"]


@pytest.mark.parametrize("members", [{}, {"cifar-10-batches-bin/a.bin": "/etc/passwd"}, {"a.bin": b"x"}])
def test_only_regular_files_of_the_folder_count(members):
    with pytest.raises(InputError, match=r"x\.tar\.gz: there is no file cifar-10-batches-bin/a\.bin"):
        read_member(archive(members), "cifar-10-batches-bin/a.bin", "x.tar.gz")


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", archive(WHOLE)[:2000], gzip.compress(b"no tar" * 200)],
    ids=["empty", "text", "truncated", "no tar"],
)
def test_broken_archives_are_refused(content):
    with pytest.raises(InputError, match=r"x\.tar\.gz: "):
        read_member(content, "cifar-10-batches-bin/test_batch.bin", "x.tar.gz")


def test_a_part_is_used_gzipped_or_not(tmp_path):
    (tmp_path / "cifar10").mkdir()
    (tmp_path / "cifar10" / "data_batch_3.bin.gz").write_bytes(gzip.compress(FILES["data_batch_3.bin"]))
    (tmp_path / "cifar10" / "data_batch_1.bin").write_bytes(FILES["data_batch_1.bin"])
    (tmp_path / "cifar10" / "test_batch.bin").write_bytes(FILES["test_batch.bin"])
    # Batches come in the order of their numbers, however the configuration lists them.
    used = ["test_batch.bin", "data_batch_3.bin", "data_batch_1.bin"]
    task = build_component("task", Component(name="cifar10", files={name: DIGESTS[name] for name in used}))
    assert task.prepare(tmp_path) == {name: DIGESTS[name] for name in used}
    data = task.load(tmp_path)
    expected = normalised(["data_batch_1.bin", "data_batch_3.bin"])
    np.testing.assert_allclose(data.train_inputs.numpy(), expected, rtol=0, atol=1e-6)
    (tmp_path / "cifar10" / "data_batch_1.bin").write_bytes(FILES["data_batch_2.bin"])
    for use in (task.prepare, task.load):
        with pytest.raises(InputError, match=r"data_batch_1\.bin: its content has SHA-256 .* correct task\.files"):
            use(tmp_path)
    (tmp_path / "cifar10" / "data_batch_1.bin").unlink()
    with pytest.raises(InputError, match=r"data_batch_1\.bin: missing"):
        task.load(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"test_batch.bin": "0" * 64}, "must name test_batch.bin and at least one of"),
        ({"data_batch_1.bin": "0" * 64}, "must name test_batch.bin"),
        ({"../test_batch.bin": "0" * 64}, "files"),
        ({"data_batch_1.bin": "0" * 64, "test_batch.bin": "0" * 63}, r"files\.test_batch\.bin"),
    ],
)
def test_wrong_files_are_one_line(files, message):
    with pytest.raises(InputError, match=message) as caught:
        build_component("task", Component(name="cifar10", files=files))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", FILES["test_batch.bin"][:-1], b"\x0a" + bytes(3072)])
def test_content_that_is_no_cifar_is_refused(content):
    with pytest.raises(InputError, match="batch: "):
        parse_cifar(content, "batch")


def test_missing_data_say_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"cifar-10-binary\.tar\.gz: missing; run the workflow's data rule"):
        CIFAR10().load(tmp_path)


def test_a_real_part(real_data):
    """What lies there is checked against itself: this test is of the format and the normalisation."""
    folder = real_data("cifar10/data_batch_1.bin.gz")
    digests = {}
    for name in ("data_batch_1.bin", "test_batch.bin"):
        content = gzip.decompress((folder / "cifar10" / f"{name}.gz").read_bytes())
        digests[name] = hashlib.sha256(content).hexdigest()
    data = CIFAR10(files=digests).load(folder)
    assert data.train_inputs.shape == (10000, 3, 32, 32)
    assert np.bincount(data.train_targets.numpy()).tolist() == [1000] * 10
    # A fifth of the images, decoded from JPEG copies: their moments are those of all to a few per cent.
    np.testing.assert_allclose(data.train_inputs.mean(dim=(0, 2, 3)), 0, atol=0.03)
    np.testing.assert_allclose(data.train_inputs.std(dim=(0, 2, 3)), 1, atol=0.03)
