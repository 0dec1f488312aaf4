"""Frames: whatever happens to the end of a file, the frames before it are read, and nothing else is."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn.recording.frames import is_cut_short, read_frame, write_frame

NOTES = [{"step": 3, "loss": 0.1}, {}, {"nan": float("inf")}]
VALUES = [b"12345678", b"", bytes(range(200))]


@pytest.fixture
def descriptor(tmp_path):
    descriptor = os.open(tmp_path / "frames", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def frames(descriptor):
    found, start = [], 0
    while frame := read_frame(descriptor, start):
        found.append((frame.note, frame.values))
        start = frame.stop
    return found


def written(descriptor):
    return [write_frame(descriptor, note, values) for note, values in zip(NOTES, VALUES, strict=True)]


def test_what_is_cut_off_takes_nothing_else_along(descriptor):
    starts, whole = written(descriptor), list(zip(NOTES, VALUES, strict=True))
    assert frames(descriptor) == whole
    size = os.fstat(descriptor).st_size
    for length in range(size - 1, -1, -1):
        os.ftruncate(descriptor, length)
        kept = sum(stop <= length for stop in [*starts[1:], size])
        assert frames(descriptor) == whole[:kept]
        assert is_cut_short(descriptor, starts[kept])


def test_every_flipped_bit_is_seen(descriptor):
    starts, whole = written(descriptor), list(zip(NOTES, VALUES, strict=True))
    content = os.pread(descriptor, 10_000, 0)
    for position in range(len(content)):
        for bit in range(8):
            os.pwrite(descriptor, bytes([content[position] ^ 1 << bit]), position)
            before = sum(start <= position for start in starts) - 1
            assert frames(descriptor) == whole[:before], (position, bit)
        os.pwrite(descriptor, content[position : position + 1], position)


def test_a_failed_write_leaves_the_file_as_it_was(descriptor, monkeypatch):
    written(descriptor)
    size, really = os.fstat(descriptor).st_size, os.writev
    answers = [lambda *a: really(a[0], [bytes(a[1][0])[:5]]), lambda *a: (_ for _ in ()).throw(OSError(28, "full"))]
    monkeypatch.setattr(os, "writev", lambda *a: answers.pop(0)(*a))
    with pytest.raises(OSError, match="full"):
        write_frame(descriptor, {"step": 4}, b"values")
    assert os.fstat(descriptor).st_size == size
    monkeypatch.undo()
    write_frame(descriptor, {"step": 4}, b"values")
    assert frames(descriptor)[-1] == ({"step": 4}, b"values")


@settings(max_examples=50, deadline=None)
@given(values=st.binary(max_size=300), steps=st.integers(1, 50))
def test_the_system_may_write_a_few_bytes_at_a_time(tmp_path_factory, values, steps):
    path = tmp_path_factory.mktemp("few") / "frames"
    really = os.writev

    def few(descriptor, parts):
        parts = [part for part in parts if len(part)]
        return really(descriptor, [parts[0][:steps]]) if parts else 0

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "writev", few)
        write_frame(descriptor, {"a": 1}, memoryview(np.frombuffer(values, np.uint8)) if values else b"")
    assert frames(descriptor) == [({"a": 1}, values)]
    os.close(descriptor)
