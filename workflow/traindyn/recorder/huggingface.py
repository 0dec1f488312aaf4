"""The recorder as a callback of Hugging Face's `Trainer` (extra: `pip install traindyn[huggingface]`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from traindyn.recorder.recorder import Recorder


class RecorderCallback(TrainerCallback):
    """Records a training: `Trainer(…, callbacks=[RecorderCallback("run.h5", when=every(10))])`.

    Steps are the trainer's `global_step`. The loss is the one that the network returns, of all batches whose gradients
    are accumulated in the step; where the trainer computes it outside of the network (`compute_loss_func`, label
    smoothing), none is recorded. An exception leaves the journal; with `resume=True` a `train` from a checkpoint goes
    on with it.

    Args:
        path: the recording.
        options: as `Recorder` takes them.
    """

    def __init__(self, path: str | Path, **options: Any) -> None:
        self._path, self._options = path, options
        self._recorder: Recorder | None = None
        self._losses: list[Tensor] = []
        self._shares = False  # losses are parts of a sum over the step's batches

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Begin, or go on."""
        model = others["model"]
        self._recorder = Recorder(self._path, model, **self._options)
        self._hook = model.register_forward_hook(self._see, with_kwargs=True)

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Losses from here on are this step's."""
        self._losses.clear()

    def on_pre_optimizer_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Record the weights, which the optimizer has not changed yet, and their loss."""
        if self._recorder:
            self._recorder.step(state.global_step, loss=self._loss())

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Record the last weights and finish."""
        self._hook.remove()
        if self._recorder:
            self._recorder.step(state.global_step)
            self._recorder.close()

    def _see(self, model: nn.Module, args: Any, kwargs: dict[str, Any], outputs: Any) -> None:
        loss = outputs.get("loss") if isinstance(outputs, dict) else None
        if model.training and isinstance(loss, Tensor):
            self._losses.append(loss.detach().mean())
            self._shares = kwargs.get("num_items_in_batch") is not None

    def _loss(self) -> Tensor | None:
        if not self._losses:
            return None
        losses = torch.stack(self._losses)
        return losses.sum() if self._shares else losses.mean()
