"""What comes of each step, on the host: recorded weights, losses, scores, and who diverged when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn

from traindyn.config import TrainingJob
from traindyn.recording import RecordingWriter
from traindyn.tasks.base import Task
from traindyn.training.blocks import Where
from traindyn.training.recorded import recorded_layers, recorded_values


class Outcome:
    """Takes what `steps` finds, step by step, and writes it.

    Attributes:
        diverged: first non-finite step (seed, replica), −1 where there was none.
    """

    def __init__(
        self, job: TrainingJob, task: Task, network: nn.Module, writer: RecordingWriter, places: Sequence[Where]
    ) -> None:
        self.writer = writer
        self.diverged = np.full((len(job.seeds), job.replicas), -1)
        self._task, self._places = task, places
        self._record = recorded_values(network, job.recording, job.root_seed)
        self._values, self._dtype = sum(recorded_layers(network, job.recording).values()), job.recording.dtype

    def take(self, step: int, found: Mapping[str, torch.Tensor]) -> None:
        """The next step: its `loss`, and `weights` and `tests` where it has some, on the CPU."""
        weights = self._recorded(found["weights"].numpy()) if "weights" in found else None
        self._note_divergence(step, found["loss"], weights)
        if weights is not None:
            self.writer.write(weights, self._task.recorded_loss(found["loss"]).to(torch.float64).numpy())
        if "tests" in found:
            self.writer.write_test(*found["tests"].numpy())

    def _recorded(self, weights: np.ndarray) -> np.ndarray:
        if len(self._places) == 1:
            return self._record(weights)
        values = np.empty((*weights.shape[:2], self._values), self._dtype)
        # Block by block: last digits of a projection depend on what else is projected in the same call.
        for where in self._places:
            values[where] = self._record(weights[where])
        return values

    def _note_divergence(self, step: int, loss: torch.Tensor, weights: np.ndarray | None) -> None:
        finite = torch.isfinite(loss).numpy()
        if weights is not None:
            finite = finite & np.isfinite(weights).all(axis=2)
        self.diverged[(self.diverged < 0) & ~finite] = step
