"""From the journal of an unfinished recording to the recording, and back to go on with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from traindyn.errors import InputError
from traindyn.recording.journal import Header, Journal
from traindyn.recording.layout import TESTS, UNFINISHED
from traindyn.recording.reader import Recording, open_recording
from traindyn.recording.writer import RecordingWriter

LOSS = "train_loss"
PLAN = "recorder"  # the attribute that holds the plan, for a recording that is continued
NONE = "-"  # an attribute cannot be empty
ADDED = (PLAN, "scalars", "layers", "checksum", "traindyn_recording")  # attributes that a finished recording adds
BLOCK_BYTES = 64 << 20


@dataclass(frozen=True)
class Recovered:
    """A recording made of a journal.

    Attributes:
        path: the recording.
        steps: how many steps it holds; first, last: numbers of the first and the last.
        lost_bytes: bytes at the journal's end that were no whole record: of one that was being written when the process
            was killed, or, where they are more, of a damaged file.
    """

    path: Path
    steps: int
    first: int
    last: int
    lost_bytes: int


def recover(path: str | Path, to: str | Path | None = None) -> Recovered:
    """Make the recording of an unfinished one: of a training that was killed, or still runs.

    Args:
        path: the recording (`run.h5`) or its journal (`run.h5.unfinished`), which is removed in the end.
        to: write the recording there instead and leave the journal alone, so that its training may run or be resumed.

    Raises:
        InputError: if there is no journal, it holds no record, another process has it open (unless `to` is given), or
            the recording is there already.
    """
    path = Path(path)
    path = path.with_suffix("") if path.suffix == UNFINISHED else path
    target = path if to is None else Path(to)
    if target.exists():
        raise InputError(f"{target}: is there already; it is never overwritten")
    journal = Journal.open(path) if to is None else Journal.look(path)
    try:
        finish(journal, target)
        found = Recovered(target, len(journal.steps), journal.steps[0], journal.steps[-1], journal.lost_bytes)
        if to is None:
            journal.remove()
        return found
    finally:
        journal.close()


def finish(journal: Journal, path: Path) -> None:
    """Write the recording of a journal; the file gets its name when it is whole.

    Raises:
        InputError: if no step was recorded, or the journal is damaged.
    """
    if not journal.steps:
        raise InputError(f"{journal.path}: no step was recorded")
    header, scalars = journal.header, {name: np.asarray(column) for name, column in journal.scalars.items()}
    loss = scalars.pop(LOSS, np.full(len(journal.steps), np.nan))
    tests = np.stack([scalars.pop(name, np.full(len(loss), np.nan)) for name in TESTS])
    tested = np.flatnonzero(~np.isnan(tests).all(axis=0))
    with RecordingWriter(
        path,
        seeds=[header.seed],
        replicas=1,
        steps=journal.steps,
        layers=header.layers,
        dtype=header.dtype,
        attributes=header.attributes | {PLAN: json.dumps(header.plan), "scalars": " ".join(scalars) or NONE},
        test_steps=np.asarray(journal.steps)[tested].tolist(),
    ) as writer:
        records = tqdm(journal.values(), desc=path.name, total=len(loss), unit="record", delay=2, disable=None)
        for values, one_loss in zip(records, loss, strict=True):
            writer.write(values[None, None], np.full((1, 1), one_loss))
        for column in tests[:, tested].T:
            writer.write_test(*column[:, None, None])
        for name, values in scalars.items():
            writer.write_scalar(name, values[None, None])
        writer.close(np.full((1, 1), journal.diverged_step))


def reopen(path: Path) -> Journal:
    """The journal of a finished recording, which is removed: its training goes on.

    Where both are there, a process was killed in `finish` or here, and the recording is the whole one of the two: it is
    removed before anything is added to the journal.

    Raises:
        InputError: if the recording is damaged, or was not made by a `Recorder`.
    """
    with open_recording(path) as recording:
        journal = Journal.begin(path, _header(recording), replace=True)
        try:
            _copy(recording, journal)
        except BaseException:
            journal.remove()
            raise
    path.unlink()
    return journal


def header_of(path: Path) -> Header:
    """How a finished recording was begun; errors as `reopen`."""
    with open_recording(path) as recording:
        return _header(recording)


def _header(recording: Recording) -> Header:
    if PLAN not in recording.attributes:
        raise InputError(f"{recording.path}: was not made by a Recorder: it cannot be continued")
    plan = json.loads(recording.attributes[PLAN])
    attributes = {name: text for name, text in recording.attributes.items() if name not in ADDED}
    return Header(recording.layers, recording.dtype.name, int(recording.seeds[0]), plan, attributes)


def _copy(recording: Recording, journal: Journal) -> None:
    steps, seed = recording.steps.tolist(), int(recording.seeds[0])
    scalars = _scalars(recording)
    block = max(1, BLOCK_BYTES // (recording.weights * recording.dtype.itemsize))
    for start in range(0, len(steps), block):
        values = recording.read_weights(seed, 0, slice(start, start + block), slice(None))
        for step, row in zip(steps[start : start + block], values, strict=True):
            journal.append(step, {name: by_step[step] for name, by_step in scalars.items() if step in by_step}, row)
    if recording.diverged_step[0, 0] >= 0:
        journal.diverge(int(recording.diverged_step[0, 0]))


def _scalars(recording: Recording) -> dict[str, dict[int, float]]:
    """Name → step → value, for every scalar that was recorded."""
    names = [LOSS, *(name for name in recording.attributes["scalars"].split() if name != NONE)]
    known = [(name, recording.steps) for name in names] + [(name, recording.test_steps) for name in TESTS]
    stored = ((name, steps, recording.scalars(name)) for name, steps in known)
    return {
        name: dict(zip(steps.tolist(), values[0, 0].tolist(), strict=True))
        for name, steps, values in stored
        if values is not None
    }
