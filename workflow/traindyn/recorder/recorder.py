"""Records the training of any PyTorch loop."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import index
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from torch import nn

from traindyn.errors import InputError
from traindyn.recorder.content import Content, Record
from traindyn.recorder.opening import attributes_of, is_first, opened, origin
from traindyn.recorder.scalars import checked
from traindyn.recorder.schedule import EVERY_STEP, When
from traindyn.recording.journal import Header, Journal
from traindyn.recording.layout import unfinished
from traindyn.recording.recovery import LOSS, finish


class Recorder:
    """Records a training step by step, as one seed with one replica, in a file that `open_recording` reads.

    Used as a context manager around the loop, with a call of `step` in it, where the loss is known and the optimizer
    has not taken its step::

        with Recorder("run.h5", model, layers="output.*", when=every(10)) as recorder:
            for inputs, targets in batches:
                loss = criterion(model(inputs), targets)
                recorder.step(loss=loss)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            recorder.step()  # the weights in the end

    While the training runs, the recording is a journal beside the file (`run.h5.unfinished`). A record is in it when
    `step` returns, or, from CUDA, at the next recorded step at the latest: from then on it survives the end of the
    process, even `kill -9`. (The end of the whole machine it survives once the operating system has written it to the
    disk.) The end of the block makes the recording of it; an exception leaves the journal as it is, for
    `traindyn.recover` or `resume`.

    Of processes that train together (torch.distributed, initialised before), process 0 records.

    Args:
        path: the recording.
        model: the network; also compiled, or wrapped for data parallelism.
        layers: patterns (`*`, `?`) of the names of the parameters that are recorded.
        projection: record so many random projections of them instead, with a matrix that depends on this number, on
            that of the weights and on `projection_seed` only.
        when: steps that are recorded: `every`, `at`, `powers_of_two`, `within`, and `&` and `|` of them. A spectrum
            needs them evenly spaced in the window that is fitted.
        dtype: precision of the recorded values, float32 or float64.
        seed: number of this run among those of its group.
        label: group of the recording; the name of its file without suffix unless given.
        configuration: anything that JSON can hold, kept with the recording.
        resume: go on with the recording that is there, finished or not, if there is one. It must have been begun with
            the same what and when. The first call of `step` says where the training is; what was recorded of that step
            and later ones is dropped, since the training went back to a checkpoint.

    Raises:
        InputError: options that do not fit the network or the recording that is there, in one line.
    """

    def __init__(
        self,
        path: str | Path,
        model: nn.Module,
        *,
        layers: Sequence[str] | str = ("*",),
        projection: int | None = None,
        projection_seed: int = 0,
        when: When = EVERY_STEP,
        dtype: str = "float32",
        seed: int = 0,
        label: str | None = None,
        configuration: Mapping[str, Any] | None = None,
        resume: bool = False,
    ) -> None:
        self.path, self._when = Path(path), when
        self._content = Content(model, layers, projection, projection_seed, dtype)
        self._last: int | None = None
        self._waiting: Record | None = None
        self._first = is_first()
        self._journal: Journal | None = None
        if self._first:
            names = attributes_of(model, label or self.path.stem, configuration)
            header = Header(self._content.layers, dtype, index(seed), self._content.plan | {"when": repr(when)}, names)
            self._journal = opened(self.path, header, origin, resume=resume)

    def step(self, number: int | None = None, /, *, loss: Any = None, **scalars: Any) -> None:
        """One step of the training. If it is recorded, so are the weights as they are, the loss and the scalars.

        Args:
            number: of optimizer steps so far; one more than in the call before (0 in the first) unless given.
            loss: of these weights on the batch of the next optimizer step, recorded as `train_loss`. In the host's
                memory it is looked at in every step, on an accelerator in recorded ones: the first that is not finite
                is noted as the step of divergence.
            scalars: numbers or tensors of one element, recorded under their names, by step; None is left out.

        Raises:
            InputError: a number not above the one before, a scalar that is none, a parameter that is gone or has
                another size, a file that cannot be written.
            RuntimeError: the recorder is closed.
        """
        if self._first and self._journal is None:
            raise RuntimeError(f"{self.path}: the recorder is closed")
        self._last = step = self._number(number)
        if self._journal is None:
            return
        recorded = step in self._when
        if recorded or (self._waiting and self._waiting.complete()):
            self._write()
        given = checked({LOSS: loss, **scalars})
        if isinstance(value := given.get(LOSS), float) and not math.isfinite(value):
            self._journal.diverge(step)
        if recorded:
            self._waiting = self._content.record(step, given)
            if self._waiting.complete():
                self._write()

    def _number(self, number: int | None) -> int:
        if self._journal and self._last is None and self._journal.steps:
            return self._resumed(self._journal, number)
        before = -1 if self._last is None else self._last
        step = before + 1 if number is None else index(number)
        if step <= before:
            raise InputError(f"recorder.step({step}): must be above {before}, the step before")
        return step

    def _resumed(self, journal: Journal, number: int | None) -> int:
        if number is None or index(number) < 0:
            raise InputError(
                f"{self.path}: holds steps {journal.steps[0]} to {journal.steps[-1]}: the first recorder.step after "
                "resume needs the number of optimizer steps so far, as in recorder.step(120, loss=loss)"
            )
        journal.cut(index(number))
        return index(number)

    def _write(self) -> None:
        """Write the record that waits, if one does."""
        record, self._waiting = self._waiting, None
        if record is None or self._journal is None:
            return
        values, scalars = self._content.values(record), record.scalars()
        if not (np.isfinite(values).all() and math.isfinite(scalars.get(LOSS, 0.0))):
            self._journal.diverge(record.step)
        self._journal.append(record.step, scalars, values)

    def close(self) -> None:
        """Make the recording of the journal. `with` does it at the end of the block.

        Raises:
            InputError: no step was recorded, or a file that cannot be written.
        """
        if self._journal is None:
            return
        self._write()
        journal, self._journal = self._journal, None
        try:
            if journal.steps:
                finish(journal, self.path)
            journal.remove()
        finally:
            journal.close()
        if not journal.steps:
            raise InputError(f"{self.path}: no step was recorded; there were none of when = {self._when}")

    def leave(self) -> None:
        """End without making the recording: the journal stays, for `traindyn.recover` or `resume`."""
        if self._journal is None:
            return
        try:
            self._write()
        finally:
            (self._journal.close if self._journal.steps else self._journal.remove)()
            self._journal = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        elif self._journal is not None:
            self._leave_after(error, self._journal)

    def _leave_after(self, error: BaseException, journal: Journal) -> None:
        """The error is what the user must see: nothing that goes wrong here may stand before it."""
        try:
            self.leave()
        except Exception as later:
            error.add_note(f"traindyn: the last record of {self.path} is lost: {later}")
        if journal.steps:
            error.add_note(
                f"traindyn: {unfinished(self.path)} holds steps {journal.steps[0]} to {journal.steps[-1]}: "
                "traindyn.recover makes a recording of it, Recorder(…, resume=True) goes on with it"
            )
