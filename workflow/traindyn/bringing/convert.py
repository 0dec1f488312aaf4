"""A source → a recording, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from traindyn import provenance
from traindyn.bringing.opening import opened
from traindyn.bringing.source import Source
from traindyn.config import Row
from traindyn.config.brought import OPTIMIZER
from traindyn.recording import RecordingWriter

BLOCK_BYTES = 64 << 20
Progress = Callable[[int, int], None]


def bring(rows: Sequence[Row], experiment: str, architecture: str, path: Path, progress: Progress) -> None:
    """Write the recording of one seed, whole or not at all.

    Args:
        rows: what the sheet says of the seed.
        experiment, architecture: names that tables carry.
        path: the recording.
        progress: called with (steps done, steps).

    Raises:
        InputError: what cannot be read, with its file.
    """
    said = json.dumps({"rows": [row.model_dump(exclude_none=True) for row in rows]})
    names = {"experiment": experiment, "architecture": architecture, "group": rows[0].label}
    with opened(rows) as source:
        write(source, rows[0].seed, names, said, path, progress)


def write(source: Source, seed: int, names: Mapping[str, str], said: str, path: Path, progress: Progress) -> None:
    """Write a source as the recording of one seed.

    Weights that are not finite are a divergence, noted with its step, as in a training.

    Args:
        source: trajectories of the seed.
        seed: its number.
        names: experiment, architecture and group, as tables carry them.
        said: where the trajectories come from.
        path: the recording.
        progress: called with (steps done, steps).

    Raises:
        InputError: what cannot be read, with its file.
    """
    # Read before the recording is begun: a damaged file leaves nothing.
    losses, tests = source.losses(), source.tests()
    losses = np.full((source.replicas, len(source.steps)), np.nan) if losses is None else losses
    diverged = np.full((1, source.replicas), -1)
    with RecordingWriter(
        path,
        seeds=[seed],
        replicas=source.replicas,
        steps=source.steps,
        layers=source.layers,
        dtype=source.dtype.name,
        attributes={**names, "optimizer": OPTIMIZER, **provenance.attributes(said)},
        test_steps=tests.steps,
    ) as writer:
        for scores in tests.values.transpose(2, 0, 1):
            writer.write_test(*scores[:, None])
        for block in _blocks(source):
            # (replica, step, weight)
            weights = np.stack([source.read(replica, block) for replica in range(source.replicas)])
            for place, step in enumerate(source.steps[block]):
                finite = np.isfinite(weights[:, place]).all(axis=1)
                diverged[0, (diverged[0] < 0) & ~finite] = step
                writer.write(weights[None, :, place], losses[None, :, block.start + place])
            progress(block.stop, len(source.steps))
        writer.close(diverged)


def _blocks(source: Source) -> list[slice]:
    """Ranges of steps that fit into the memory."""
    length = len(source.steps)
    held = max(1, BLOCK_BYTES // (source.replicas * source.weights * source.dtype.itemsize))
    return [slice(start, min(start + held, length)) for start in range(0, length, held)]
