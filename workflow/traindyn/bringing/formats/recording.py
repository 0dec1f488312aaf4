"""Recordings of this project: one seed of one of them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from traindyn.bringing.source import Source, Tests
from traindyn.config import Row
from traindyn.errors import InputError
from traindyn.recording import Recording, choice, open_recording
from traindyn.recording.layout import TESTS


def opened(path: Path, row: Row, files: ExitStack) -> Source:
    """The seed that the row's key names, else that of the row's own number, else the only one.

    Raises:
        InputError: the recording is damaged or has no such seed.
    """
    recording = files.enter_context(open_recording(path))
    return RecordingSource(recording, _seed(recording, row), (row.layers or "*").split())


class RecordingSource(Source):
    """One seed of a recording."""

    def __init__(self, recording: Recording, seed: int, patterns: list[str]) -> None:
        self.name, self._recording, self._seed = f"{recording.path}, seed {seed}", recording, seed
        self.replicas, self.steps, self.dtype = recording.replicas, recording.steps.tolist(), recording.dtype
        sizes = recording.layers
        self.layers = choice.chosen(sizes, patterns, f"{recording.path}: layers")
        kept = np.concatenate([np.full(size, name in self.layers) for name, size in sizes.items()])
        self._kept = None if kept.all() else kept

    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight) of one replica."""
        block = self._recording.read_weights(self._seed, replica, steps, slice(None))
        return block if self._kept is None else block[:, self._kept]

    def losses(self) -> np.ndarray | None:
        """Training losses (replica, step)."""
        found = self._recording.scalars("train_loss")
        return None if found is None else found[self._recording.position(self._seed)]

    def tests(self) -> Tests:
        """Scores of the tests that were recorded."""
        steps = self._recording.test_steps.tolist()
        found = [self._recording.scalars(name) for name in TESTS]
        unknown = np.full((self.replicas, len(steps)), np.nan)
        place = self._recording.position(self._seed)
        return Tests(steps, np.stack([unknown if f is None else f[place] for f in found]))


def _seed(recording: Recording, row: Row) -> int:
    seeds = recording.seeds.tolist()
    if row.key is not None:
        if row.key not in map(str, seeds):
            raise InputError(f"{recording.path}: key {row.key!r} is none of its seeds {', '.join(map(str, seeds))}")
        return int(row.key)
    if row.seed in seeds or len(seeds) == 1:
        return row.seed if row.seed in seeds else int(seeds[0])
    raise InputError(
        f"{recording.path}: holds the seeds {', '.join(map(str, seeds))}, not {row.seed}; name one of them as key"
    )
