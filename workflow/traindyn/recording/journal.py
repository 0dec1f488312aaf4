"""An unfinished recording: a journal beside it that grows record by record, and survives the end of its process."""

from __future__ import annotations

import errno
import fcntl
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

import numpy as np

from traindyn.errors import InputError
from traindyn.recording.frames import is_cut_short, read_frame, write_frame
from traindyn.recording.layout import unfinished

FORMAT = 1


@dataclass(frozen=True)
class Header:
    """What a journal is a recording of.

    Attributes:
        layers: name → number of recorded values, in the order of the weight dimension.
        dtype: of the values, float32 or float64.
        seed: number of the one seed.
        plan: what is recorded and when, in words; a journal is continued only with the same.
        attributes: strings of the recording to be.
    """

    layers: dict[str, int]
    dtype: str
    seed: int
    plan: dict[str, str]
    attributes: dict[str, str]


class Journal:
    """A journal, open.

    Attributes:
        path: the recording to be; the journal lies beside it.
        header: as it was begun.
        steps: recorded steps, in order.
        scalars: name → value by recorded step, NaN where none was given.
        diverged_step: first step with NaN or Inf, −1 where there was none.
        lost_bytes: bytes at the journal's end that are no whole record.
    """

    def __init__(self, path: Path, file: Any, header: Header, stop: int) -> None:
        self.path, self.header = path, header
        self.steps, self.scalars = array("q"), dict[str, array]()
        self.diverged_step = -1
        self._file, self._positions, self._stop = file, array("q"), stop
        self._diverged_at = -1
        self._remember_frames()
        self.lost_bytes = os.fstat(file.fileno()).st_size - self._stop
        _OPEN.add(self)

    @classmethod
    def begin(cls, path: Path, header: Header, *, replace: bool = False) -> Self:
        """A new journal, locked.

        Raises:
            InputError: if there is one already that must not be replaced, or another process has it open.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _locked(path, os.O_RDWR | os.O_CREAT)
        if not replace and _holds_records(file.fileno()):
            file.close()
            raise InputError(f"{path}: {unfinished(path).name} is there already; continue it, finish it or remove it")
        os.ftruncate(file.fileno(), 0)
        write_frame(file.fileno(), {"format": FORMAT, **asdict(header)})
        return cls(path, file, header, os.lseek(file.fileno(), 0, os.SEEK_CUR))

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether an unfinished recording is there, with a record in it or damaged."""
        if not unfinished(path).is_file():
            return False
        with _file(path, os.O_RDONLY) as file:
            return _holds_records(file.fileno())

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing journal to go on with, locked.

        Raises:
            InputError: if there is none, another process writes it, or its beginning is damaged.
        """
        return cls._read(path, _locked(path, os.O_RDWR))

    @classmethod
    def look(cls, path: Path) -> Self:
        """An existing journal as it is now, to read; its process may go on with it."""
        return cls._read(path, _file(path, os.O_RDONLY))

    @classmethod
    def _read(cls, path: Path, file: Any) -> Self:
        frame = read_frame(file.fileno(), 0)
        try:
            note = dict(frame.note) if frame else {}
            if note.pop("format", None) != FORMAT:
                raise TypeError
            return cls(path, file, Header(**note), frame.stop if frame else 0)
        except TypeError:
            file.close()
            raise InputError(f"{unfinished(path)}: damaged, empty or not an unfinished recording") from None

    def append(self, step: int, scalars: Mapping[str, float], values: np.ndarray) -> None:
        """Add a record: the scalars and the values (weight,) of a step after all others."""
        position = self._write({"step": step, "scalars": dict(scalars)}, values.data.cast("B"))
        self._remember(position, step, scalars)

    def diverge(self, step: int) -> None:
        """Note the first step that met NaN or Inf."""
        if self.diverged_step < 0:
            self._diverged_at = self._write({"diverged": step})
            self.diverged_step = step

    def cut(self, step: int) -> None:
        """Drop what was noted of this step and all later ones."""
        kept = bisect_left(self.steps, step)
        ends = [*self._positions[kept : kept + 1], *([self._diverged_at] if self.diverged_step >= step else [])]
        self._stop = min([*ends, self._stop])
        os.ftruncate(self._file.fileno(), self._stop)
        for column in (self.steps, self._positions, *self.scalars.values()):
            del column[kept:]
        if self.diverged_step >= step:
            self.diverged_step = self._diverged_at = -1

    def values(self) -> Iterator[np.ndarray]:
        """The values (weight,) of all records, one after the other.

        Raises:
            InputError: if the file was damaged after it was opened.
        """
        for step, position in zip(self.steps, self._positions, strict=True):
            frame = read_frame(self._file.fileno(), position)
            if frame is None:
                raise InputError(f"{unfinished(self.path)}: damaged: the record of step {step} cannot be read")
            yield np.frombuffer(frame.values, self.header.dtype)

    def remove(self) -> None:
        """Remove the journal: its recording is finished, or it holds nothing."""
        unfinished(self.path).unlink()
        self.close()

    def close(self) -> None:
        """Leave the journal as it is, for others to go on with."""
        self._file.close()

    def _write(self, note: dict[str, Any], values: memoryview | bytes = b"") -> int:
        descriptor = self._file.fileno()
        os.lseek(descriptor, self._stop, os.SEEK_SET)
        try:
            start = write_frame(descriptor, note, values)
        except OSError as error:
            raise InputError(
                f"{unfinished(self.path)}: cannot be written ({error.strerror}); what was recorded before is kept"
            ) from error
        self._stop = os.lseek(descriptor, 0, os.SEEK_CUR)
        return start

    def _remember_frames(self) -> None:
        while frame := read_frame(self._file.fileno(), self._stop):
            if "diverged" in frame.note:
                self.diverged_step, self._diverged_at = frame.note["diverged"], self._stop
            else:
                self._remember(self._stop, frame.note["step"], frame.note["scalars"])
            self._stop = frame.stop

    def _remember(self, position: int, step: int, scalars: Mapping[str, float]) -> None:
        for name in scalars:
            self.scalars.setdefault(name, array("d", [nan]) * len(self.steps))
        for name, column in self.scalars.items():
            column.append(scalars.get(name, nan))
        self.steps.append(step)
        self._positions.append(position)


# A forked process (a loader of data, say) would hold the lock beyond the end of the one that records.
_OPEN: WeakSet[Journal] = WeakSet()


def _close_all() -> None:
    for journal in list(_OPEN):
        journal.close()


os.register_at_fork(after_in_child=_close_all)


def _file(path: Path, flags: int) -> Any:
    """The journal beside a recording, unbuffered; the file object closes it when nobody has it any more."""
    try:
        return os.fdopen(os.open(unfinished(path), flags | os.O_CLOEXEC, 0o666), "r+b" if flags else "rb", buffering=0)
    except FileNotFoundError:
        raise InputError(f"{unfinished(path)}: there is no such unfinished recording") from None
    except OSError as error:
        raise InputError(f"{unfinished(path)}: cannot be opened ({error.strerror})") from error


def _holds_records(descriptor: int) -> bool:
    """Whether there is a record, or something that cannot be read; a process may have been killed before its first."""
    if is_cut_short(descriptor, 0):
        return False
    header = read_frame(descriptor, 0)
    return header is None or not is_cut_short(descriptor, header.stop)


def _locked(path: Path, flags: int) -> Any:
    file = _file(path, flags)
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        busy = error.errno in (errno.EWOULDBLOCK, errno.EACCES)
        reason = "another recorder has it open" if busy else f"cannot be locked ({error.strerror})"
        raise InputError(f"{unfinished(path)}: {reason}") from error
    return file
