"""The IDX format of MNIST (unsigned bytes): 2 zero bytes, type, rank, big-endian dimensions, values."""

from math import prod

import numpy as np

from traindyn.errors import InputError

UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes, source: str) -> np.ndarray:
    """The array in an IDX file of unsigned bytes.

    Raises:
        InputError: naming `source`, if the header or the length is wrong.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != UNSIGNED_BYTE:
        raise InputError(f"{source}: not an IDX file of unsigned bytes")
    rank = content[3]
    start = 4 + 4 * rank
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], dtype=">u4"))
    if len(shape) != rank or len(content) - start != prod(shape):
        raise InputError(f"{source}: {len(content)} bytes do not hold the announced shape {shape}")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
