"""The recorder as a callback of Lightning's `Trainer` (extra: `pip install traindyn[lightning]`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from traindyn.recorder.recorder import Recorder


class RecorderCallback(Callback):
    """Records a training: `Trainer(callbacks=[RecorderCallback("run.h5", when=every(10))])`.

    Steps are the trainer's `global_step`, names of parameters those of the `LightningModule`. The loss is that of a
    step's first batch where gradients of several are accumulated. An exception leaves the journal, as `Recorder` does;
    with `resume=True` a `fit` from a checkpoint goes on with it.

    Args:
        path: the recording.
        options: as `Recorder` takes them.
    """

    def __init__(self, path: str | Path, **options: Any) -> None:
        self._path, self._options = path, options
        self._recorder: Recorder | None = None
        self._recorded = -1

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin, or go on."""
        self._recorder, self._recorded = Recorder(self._path, pl_module, **self._options), -1

    def on_before_backward(self, trainer: Trainer, pl_module: LightningModule, loss: Tensor) -> None:
        """Record the weights and their loss, once a step."""
        # Lightning has divided it, for the sum over the batches of a step.
        batches = trainer.accumulate_grad_batches if pl_module.automatic_optimization else 1
        self._record(trainer, loss.detach() * batches)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Record the last weights and finish."""
        self._record(trainer)
        if self._recorder:
            self._recorder.close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Leave what there is."""
        if self._recorder:
            self._recorder.leave()

    def _record(self, trainer: Trainer, loss: Tensor | None = None) -> None:
        if self._recorder and trainer.global_step > self._recorded:
            self._recorded = trainer.global_step
            self._recorder.step(self._recorded, loss=loss)
