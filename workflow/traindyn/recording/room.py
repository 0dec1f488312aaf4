"""Room on the disk before anything is written: HDF5 does not survive a disk that fills, nor does a night's training."""

import ctypes
import errno
import os
import shutil
from collections.abc import Sequence
from math import ceil, prod
from pathlib import Path

KEEP_SIZE = 1  # FALLOC_FL_KEEP_SIZE of Linux: blocks beyond the file's end
CHUNK_OVERHEAD = 64  # bytes of a chunk's checksum and its place in the index, at most
FILE_OVERHEAD = 1 << 16  # of everything else


def stored_bytes(shape: Sequence[int], chunks: Sequence[int], itemsize: int, beside: int) -> int:
    """At most this many bytes hold weights in chunks, which are stored whole, and `beside` bytes of other numbers."""
    number = prod(ceil(size / chunk) for size, chunk in zip(shape, chunks, strict=True))
    return number * (prod(chunks) * itemsize + CHUNK_OVERHEAD) + beside + FILE_OVERHEAD


def reserve(path: Path, size: int) -> None:
    """Take `size` bytes of the disk for a file that is there and shorter; its length stays.

    Where a file system cannot do that, they are only looked for.

    Raises:
        OSError: there is no room.
    """
    with path.open("r+b") as file:
        reason = _allocate(file.fileno(), size)
    if reason in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        raise OSError(reason, f"{os.strerror(reason)} ({size:,} bytes are needed)")
    free = shutil.disk_usage(path.parent).free
    if reason and free < size:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} ({size:,} bytes are needed, {free:,} are free)")


def _allocate(descriptor: int, size: int) -> int:
    """The number of the error, 0 for none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "fallocate"):
        return errno.ENOSYS
    failed = libc.fallocate(descriptor, KEEP_SIZE, ctypes.c_int64(0), ctypes.c_int64(size))
    return ctypes.get_errno() if failed else 0
