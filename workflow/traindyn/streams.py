"""Named random streams: one root seed, and a stream of its own for every purpose.

A stream depends on the root seed and its names only, so what is drawn for one seed, replica or table row does not
change when others are added, removed or computed elsewhere.
"""

import hashlib

import numpy as np


def stream_seed(root: int, *names: str | int) -> int:
    """A 63-bit seed for the stream with these names."""
    digest = hashlib.sha256(repr((root, *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def stream(root: int, *names: str | int) -> np.random.Generator:
    """A numpy generator for the stream with these names."""
    return np.random.default_rng(stream_seed(root, *names))
