"""What is in a recording?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from traindyn.bringing import Source
from traindyn.direct.given import Seed, seeds_of
from traindyn.errors import InputError
from traindyn.recording import Recording, open_recording
from traindyn.recording.labels import LABELS

READ_BYTES = 64 << 20


@dataclass(frozen=True)
class Description:
    """labels: experiment, architecture, optimizer, group; steps: first, last, spacing (None where it varies);
    diverged: (seed, replica, first step with NaN or Inf); versions: of what made it. Labels and versions are those of a
    recording of this project, empty elsewhere; all values have been read, so checksums, where there are any, agree."""

    path: Path
    labels: dict[str, str]
    seeds: list[int]
    replicas: int
    steps: tuple[int, int, int | None]
    recorded: int
    layers: dict[str, int]
    dtype: str
    diverged: list[tuple[int, int, int]]
    versions: dict[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """In words, one line for each thing."""
        first, last, spacing = self.steps
        yield f"recording   {self.path}"
        for name, value in self.labels.items():
            yield f"{name:<11} {value}"
        yield f"seeds       {len(self.seeds)}: {', '.join(map(str, self.seeds))}"
        yield f"replicas    {self.replicas} of each seed"
        yield f"steps       {self.recorded}, from {first} to {last}, " + (
            "unequally spaced" if spacing is None else f"every {spacing}"
        )
        yield f"weights     {sum(self.layers.values())}, {self.dtype}"
        for name, size in self.layers.items():
            yield f"  {name}: {size}"
        for seed, replica, step in self.diverged:
            yield f"diverged    seed {seed}, replica {replica}, at step {step}"
        yield f"diverged    {len(self.diverged) or 'none'}"
        yield (
            "checksums   agree"
            if self.labels
            else "checksums   the format has none, or they agree; all values were read"
        )
        for name, value in self.versions.items():
            yield f"made with   {name} {value}"


def describe_recording(path: str | Path) -> Description:
    """Read all of a recording and say what is in it.

    Args:
        path: a file or folder as a sheet may name it.

    Raises:
        InputError: what cannot be read, with its file: missing, damaged, of an unknown kind.
    """
    seeds = seeds_of({"recording": str(path)})["recording"]
    diverged = [found for seed in seeds for found in _diverged(seed)]
    with seeds[0].source() as source:
        labels, versions = _made(Path(path)) if seeds[0].row and seeds[0].row.key else ({}, {})
        return Description(
            path=Path(path),
            labels=labels,
            seeds=[_number(seed) for seed in seeds],
            replicas=source.replicas,
            steps=(int(source.steps[0]), int(source.steps[-1]), _spacing(source.steps)),
            recorded=len(source.steps),
            layers=dict(source.layers),
            dtype=source.dtype.name,
            diverged=diverged,
            versions=versions,
        )


def _number(seed: Seed) -> int:
    return int(seed.row.key) if seed.row is not None and seed.row.key else seed.number


def _spacing(steps: Sequence[int]) -> int | None:
    spacings = set(np.diff(steps).tolist())
    return 1 if not spacings else spacings.pop() if len(spacings) == 1 else None


def _diverged(seed: Seed) -> list[tuple[int, int, int]]:
    """(seed, replica, step) of the first value that is not finite, of each replica that has one."""
    with seed.source() as source:
        found = [(_number(seed), replica, _first_bad(source, replica)) for replica in range(source.replicas)]
    return [(number, replica, step) for number, replica, step in found if step is not None]


def _first_bad(source: Source, replica: int) -> int | None:
    held = max(1, READ_BYTES // (source.weights * source.dtype.itemsize))
    first = None
    for start in range(0, len(source.steps), held):
        finite = np.isfinite(source.read(replica, slice(start, min(start + held, len(source.steps))))).all(axis=1)
        if first is None and not finite.all():
            first = int(source.steps[start + int(np.argmin(finite))])
    return first


def _made(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and versions of a recording of this project."""
    with open_recording(path) as recording:
        labels = {name: recording.attributes[name] for name in LABELS if name in recording.attributes}
        return labels, _versions(recording)


def _versions(recording: Recording) -> dict[str, str]:
    try:
        versions = json.loads(recording.attributes.get("versions", "{}"))
    except ValueError as error:
        raise InputError(f"{recording.path}: its versions are no JSON ({error})") from error
    return {**versions, "commit": recording.attributes.get("git_commit", "unknown")}
