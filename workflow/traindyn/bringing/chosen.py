"""Of a source: the steps that a row asks for; of several sources: the replicas of one seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traindyn.bringing.source import Source, Tests
from traindyn.config import Row
from traindyn.errors import InputError


class Chosen(Source):
    """A source without the steps that are not asked for."""

    def __init__(self, source: Source, positions: Sequence[int]) -> None:
        self._source, self._positions = source, np.asarray(positions)
        self.name, self.replicas, self.layers, self.dtype = source.name, source.replicas, source.layers, source.dtype
        self.steps = [int(source.steps[p]) for p in positions]

    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight) of one replica."""
        wanted = self._positions[steps]
        everything = self._source.read(replica, slice(int(wanted[0]), int(wanted[-1]) + 1))
        return everything[wanted - wanted[0]]

    def losses(self) -> np.ndarray | None:
        """Training losses (replica, step)."""
        found = self._source.losses()
        return None if found is None else found[:, self._positions]

    def tests(self) -> Tests:
        """Scores of the tests from the first to the last chosen step."""
        found = self._source.tests()
        within = [place for place, step in enumerate(found.steps) if self.steps[0] <= step <= self.steps[-1]]
        return Tests([found.steps[place] for place in within], found.values[:, :, within])


class Together(Source):
    """The replicas of one seed, from a source each."""

    def __init__(self, sources: Sequence[Source]) -> None:
        first = sources[0]
        for other in sources:
            if other.replicas != 1:
                raise InputError(f"{other.name}: holds {other.replicas} replicas, but its row numbers it as one")
            for what in ("steps", "layers"):
                mine, theirs = getattr(first, what), getattr(other, what)
                if list(mine) != list(theirs) or (what == "layers" and dict(mine) != dict(theirs)):
                    raise InputError(f"{other.name}: its {what} differ from those of replica 0, {first.name}")
        self._sources, self.replicas = sources, len(sources)
        self.name, self.steps, self.layers = first.name, first.steps, first.layers
        self.dtype = np.result_type(*(source.dtype for source in sources))

    def read(self, replica: int, steps: slice) -> np.ndarray:
        """Weights (step, weight) of one replica."""
        return self._sources[replica].read(0, steps)

    def losses(self) -> np.ndarray | None:
        """Training losses (replica, step), if all have them."""
        found = [source.losses() for source in self._sources]
        return None if any(f is None for f in found) else np.concatenate([f for f in found if f is not None])

    def tests(self) -> Tests:
        """Scores of the tests, if all were tested at the same steps."""
        found = [source.tests() for source in self._sources]
        if any(tests.steps != found[0].steps for tests in found):
            return super().tests()
        return Tests(found[0].steps, np.concatenate([tests.values for tests in found], axis=1))


def numbered(row: Row, length: int) -> range:
    """Step numbers of an array that has none of its own."""
    start, every = row.start or 0, row.every or 1
    return range(start, start + length * every, every)


def chosen(source: Source, row: Row) -> Source:
    """The source with the steps start, start + every, … up to stop.

    Raises:
        InputError: one of them is missing, or there is none.
    """
    steps = list(source.steps)
    start = steps[0] if row.start is None else row.start
    stop = steps[-1] if row.stop is None else row.stop
    if row.every is None:
        wanted = [step for step in steps if start <= step <= stop]
    else:
        wanted = list(range(start, stop + 1, row.every))
    if not wanted:
        raise InputError(f"{source.name}: no step from {start} to {stop}; there are {steps[0]} to {steps[-1]}")
    if wanted == steps:
        return source
    places = {step: place for place, step in enumerate(steps)}
    for step in wanted:
        if step not in places:
            raise InputError(f"{source.name}: step {step} is missing (steps {steps[0]} to {steps[-1]} were looked at)")
    return Chosen(source, [places[step] for step in wanted])
