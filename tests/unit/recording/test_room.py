"""Room on the disk is taken before anything is written, and is enough."""

import errno
import sys

import numpy as np
import pytest

from traindyn.errors import InputError
from traindyn.recording import RecordingWriter, writer
from traindyn.recording.room import reserve

SIZES = {
    "tiny": (1, 1, 2, 1),
    "many steps": (1, 1, 3000, 7),
    "many weights": (1, 2, 40, 100_000),
    "many": (3, 4, 50, 900),
}


def write(path, seeds, replicas, steps, weights):
    shape = {"seeds": range(seeds), "replicas": replicas, "steps": range(steps), "layers": {"a": weights}}
    with RecordingWriter(
        path, **shape, dtype="float32", attributes={"plan": "x" * 5000}, test_steps=range(steps)
    ) as file:
        losses = np.zeros((seeds, replicas))
        for _ in range(steps):
            file.write(np.zeros((seeds, replicas, weights), np.float32), losses)
            file.write_test(losses, losses, losses)
        file.close(np.full((seeds, replicas), -1))


@pytest.mark.parametrize("name", SIZES)
def test_what_is_reserved_is_enough_and_the_rest_is_given_back(tmp_path, monkeypatch, name):
    reserved = []
    monkeypatch.setattr(writer, "reserve", lambda path, size: (reserved.append(size), reserve(path, size)))
    path = tmp_path / "a.h5"
    write(path, *SIZES[name])
    assert path.stat().st_size <= reserved[0]
    assert reserved[0] <= 1.1 * path.stat().st_size + (1 << 17)
    if sys.platform == "linux":
        assert path.stat().st_blocks * 512 <= path.stat().st_size + (1 << 16)


def test_more_than_the_disk_has_is_refused_and_nothing_left(tmp_path, monkeypatch):
    path = tmp_path / "there"
    path.touch()
    with pytest.raises(OSError, match="1,125,899,906,842,624 bytes are needed") as raised:
        reserve(path, 1 << 50)
    assert raised.value.errno in (errno.ENOSPC, errno.EFBIG)
    path.unlink()
    monkeypatch.setattr(writer, "stored_bytes", lambda *_: 1 << 50)
    with pytest.raises(InputError, match=r"a\.h5: cannot be written: .*1,125,899,906,842,624 bytes are needed"):
        write(tmp_path / "a.h5", 1, 1, 2, 1)
    assert list(tmp_path.iterdir()) == []
