"""What every task offers. Torch is imported where it is needed: the job that checks data needs none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from traindyn.errors import InputError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Data:
    """Inputs (sample, *input_shape) and targets (sample,), for training and for testing."""

    train_inputs: torch.Tensor
    train_targets: torch.Tensor
    test_inputs: torch.Tensor
    test_targets: torch.Tensor


class Task(BaseModel):
    """A task's options, its data and its loss. A subclass in a file of its own is all that a new task needs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    has_data: ClassVar[bool] = False

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one input."""
        raise NotImplementedError

    @property
    def input_dtype(self) -> torch.dtype:
        """Kind of the inputs: floating ones are brought to the training's precision, integers stay as they are."""
        import torch

        return torch.get_default_dtype()

    @property
    def output_size(self) -> int:
        """Number of outputs that the loss needs."""
        raise NotImplementedError

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        """Mean loss (scalar) of outputs (sample, output_size) or, without data, of the output itself."""
        raise NotImplementedError

    def recorded_loss(self, loss: torch.Tensor) -> torch.Tensor:
        """What is recorded of the loss that the optimizer sees."""
        return loss

    def accuracy(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor | None:
        """Share of right answers (scalar), where that means something."""
        return None

    def prepare(self, data_dir: Path) -> dict[str, str]:
        """Bring the data into `data_dir` and check it: what was checked → its digest. Nothing without data."""
        return {}

    def load(self, data_dir: Path) -> Data | None:
        """The data, checked; None where the task has none."""
        return None

    def batches(self, samples: int, steps: int, generator: np.random.Generator) -> np.ndarray:
        """Sample indices (step, batch) of each step; asked only of tasks with data."""
        raise NotImplementedError

    @property
    def shares_order(self) -> bool:
        """Whether all seeds see the same batches."""
        return True


class Points(Task):
    """Points with one output each: every step sees all training points, which are the same for all seeds."""

    has_data: ClassVar[bool] = True

    inputs: int = Field(1, ge=1, le=64, description="coordinates of a point")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.inputs,)

    @property
    def output_size(self) -> int:
        return 1

    def batches(self, samples: int, steps: int, generator: np.random.Generator) -> np.ndarray:
        return np.broadcast_to(np.arange(samples), (steps, samples))


class Classification(Task):
    """Batches of samples, cross entropy in nats, accuracy."""

    has_data: ClassVar[bool] = True

    batch_size: int = Field(60, ge=1, description="samples per step")
    order: Literal["file", "shuffled"] = Field(
        "shuffled", description="batches in file order (one order for all seeds), or shuffled anew for every epoch"
    )

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        assert targets is not None
        return cross_entropy(outputs, targets)

    def accuracy(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return (outputs.argmax(-1) == targets).to(outputs.dtype).mean()

    def batches(self, samples: int, steps: int, generator: np.random.Generator) -> np.ndarray:
        if samples < self.batch_size:
            raise InputError(f"batch_size = {self.batch_size}: there are {samples} training samples")
        per_epoch = samples // self.batch_size  # what does not fill a batch waits for the next epoch's order
        epochs = -(-steps // per_epoch)
        orders = [np.arange(samples) if self.order == "file" else generator.permutation(samples) for _ in range(epochs)]
        used = [order[: per_epoch * self.batch_size].reshape(per_epoch, self.batch_size) for order in orders]
        return np.concatenate(used)[:steps]

    @property
    def shares_order(self) -> bool:
        return self.order == "file"


def cross_entropy(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy (scalar), in nats, of outputs (sample, class) and targets (sample,).

    That of torch, with samples last: sums over a few classes then run along vectors, as an ensemble lays them out.
    """
    return -outputs.mT.log_softmax(0).gather(0, targets.unsqueeze(0)).mean()
