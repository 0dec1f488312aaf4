"""An append-only file of checksummed frames.

A frame is on the disk (in the operating system's memory of it) when `write_frame` returns: a process that is killed
loses nothing it wrote, and at most leaves the beginning of one more frame, which no reader takes for a frame.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

MAGIC = b"TDYN"
# Magic, bytes of the note, bytes of the values, CRC-32 of these two numbers, the note and the values.
HEAD = Struct("<4sIQI")
LENGTHS = Struct("<IQ")


@dataclass(frozen=True)
class Frame:
    """What was written, and the position behind it."""

    note: dict[str, Any]
    values: bytes
    stop: int


def write_frame(descriptor: int, note: Mapping[str, Any], values: memoryview | bytes = b"") -> int:
    """Append a frame at the descriptor's position, which is returned.

    Raises:
        OSError: nothing of the frame is left in the file, unless the process ends before that.
    """
    text = json.dumps(note).encode()
    lengths = LENGTHS.pack(len(text), len(values))
    checksum = zlib.crc32(values, zlib.crc32(text, zlib.crc32(lengths)))
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        _write_all(descriptor, [HEAD.pack(MAGIC, len(text), len(values), checksum), text, values])
    except BaseException:
        os.ftruncate(descriptor, start)
        os.lseek(descriptor, start, os.SEEK_SET)
        raise
    return start


def _write_all(descriptor: int, parts: list[Any]) -> None:
    waiting = [memoryview(part) for part in parts]
    while waiting:
        written = os.writev(descriptor, waiting)
        while waiting and written >= len(waiting[0]):
            written -= len(waiting.pop(0))
        if waiting:
            waiting[0] = waiting[0][written:]


def read_frame(descriptor: int, start: int) -> Frame | None:
    """The frame at a position, or None where there is no whole one."""
    head = os.pread(descriptor, HEAD.size, start)
    if len(head) < HEAD.size:
        return None
    magic, text_bytes, value_bytes, checksum = HEAD.unpack(head)
    stop = start + HEAD.size + text_bytes + value_bytes
    # Lengths are not believed before memory is asked for.
    if magic != MAGIC or stop > os.fstat(descriptor).st_size:
        return None
    body = memoryview(_read_all(descriptor, text_bytes + value_bytes, start + HEAD.size))
    text, values = bytes(body[:text_bytes]), body[text_bytes:]
    if zlib.crc32(values, zlib.crc32(text, zlib.crc32(LENGTHS.pack(text_bytes, value_bytes)))) != checksum:
        return None
    return Frame(json.loads(text), bytes(values), stop)


def is_cut_short(descriptor: int, start: int) -> bool:
    """Whether the file ends before or within the frame at a position: the process was killed before it was written."""
    head = os.pread(descriptor, HEAD.size, start)
    if len(head) < HEAD.size:
        return True
    magic, text_bytes, value_bytes, _ = HEAD.unpack(head)
    return magic == MAGIC and start + HEAD.size + text_bytes + value_bytes > os.fstat(descriptor).st_size


def _read_all(descriptor: int, length: int, start: int) -> bytearray:
    """One call to the system reads 2 GiB at most."""
    body = bytearray(length)
    view, done = memoryview(body), 0
    while done < length:
        read = os.preadv(descriptor, [view[done:]], start + done)
        if read == 0:
            break
        done += read
    return body
