"""Names, chunk shapes and the checksum that writer and reader share."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

import numpy as np

FORMAT = 1
DIMENSIONS = ("seed", "replica", "step", "weight")
# Everything but the weights and losses, which carry checksums of their own, chunk by chunk.
COORDINATES = ("seed", "replica", "step", "layer", "index", "test_step", "diverged_step")
# Evaluated every `test_every` steps (seed, replica, test_step).
TESTS = ("test_loss", "test_accuracy", "train_accuracy")
CHUNK_BYTES = 1 << 20
# Recordings of many weights are read by blocks of weights over a window of steps: chunks this tall serve both.
CHUNK_STEPS = 16
UNFINISHED = ".unfinished"


def chunk_shape(steps: int, weights: int, itemsize: int, tallest: int = CHUNK_STEPS) -> tuple[int, int, int, int]:
    """Chunks of about 1 MiB that hold one replica: a fit reads one (seed, replica) at a time.

    Few weights: all of them, and as many steps as fit. Many weights: CHUNK_STEPS steps (`tallest`, where the writer
    cannot hold as many), and the weights cut into equal parts, since HDF5 stores the last chunk of a row whole.
    """
    most = max(1, CHUNK_BYTES // itemsize // min(steps, tallest, CHUNK_STEPS))
    wide = ceil(weights / ceil(weights / most))
    return (1, 1, max(1, min(steps, CHUNK_BYTES // (itemsize * wide))), wide)


def unfinished(path: Path) -> Path:
    """The journal of a recording that is not finished, beside it."""
    return path.with_name(path.name + UNFINISHED)


def content_digest(attributes: Mapping[str, str], coordinates: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of attributes and coordinates, which HDF5 itself does not protect."""
    digest = hashlib.sha256(json.dumps(dict(sorted(attributes.items()))).encode())
    for name in COORDINATES:
        if name in coordinates:
            values = np.ascontiguousarray(coordinates[name])
            digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
            digest.update(values.tobytes())
    return digest.hexdigest()


def coordinates(
    seeds: Sequence[int], replicas: int, steps: Sequence[int], layers: Mapping[str, int], test_steps: Sequence[int]
) -> dict[str, np.ndarray]:
    """Coordinate → its values. `layers`: parameter name → number of its weights."""
    return {
        "seed": np.asarray(seeds, dtype=np.int64),
        "replica": np.arange(replicas, dtype=np.int64),
        "step": np.asarray(steps, dtype=np.int64),
        "layer": np.repeat(np.arange(len(layers), dtype=np.int16), list(layers.values())),
        "index": np.concatenate([np.arange(n, dtype=np.int64) for n in layers.values()]),
        "test_step": np.asarray(test_steps, dtype=np.int64),
    }
