"""Addition modulo a prime: the task on which transformers grok (Power et al. 2022, Nanda et al. 2023)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, model_validator

from traindyn.streams import stream
from traindyn.tasks.base import Data, Task, cross_entropy

if TYPE_CHECKING:
    import torch

POSITIONS = 3  # a, b, =


class ModularAddition(Task):
    """All p² pairs as the tokens a, b, '=' (number p), with the answer a + b mod p; a seeded part of them is trained.

    Every step sees the whole training set. Outputs are logits over the whole vocabulary, the token '=' included.
    The split belongs to the task: all seeds share it.
    """

    has_data: ClassVar[bool] = True

    modulus: int = Field(113, ge=2, le=997, description="p: numbers 0 … p − 1 are added modulo p")
    train_fraction: float = Field(0.3, gt=0, lt=1, description="share of the p² pairs that is trained (rounded down)")
    split_seed: int = Field(0, ge=0, description="seed of the draw of the training pairs")

    @model_validator(mode="after")
    def _both_parts_hold_pairs(self) -> ModularAddition:
        if self.train_pairs < 1:
            pairs = self.modulus**2
            raise ValueError(f"train_fraction {self.train_fraction} leaves no pair to train: {pairs} pairs in all")
        return self

    @property
    def train_pairs(self) -> int:
        """Number of pairs trained."""
        return int(self.train_fraction * self.modulus**2)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (POSITIONS,)

    @property
    def input_dtype(self) -> torch.dtype:
        import torch

        return torch.int64

    @property
    def output_size(self) -> int:
        return self.modulus + 1

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor | None) -> torch.Tensor:
        assert targets is not None
        return cross_entropy(outputs, targets)

    def accuracy(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return (outputs.argmax(-1) == targets).to(outputs.dtype).mean()

    def load(self, data_dir: Path) -> Data:
        import torch

        inputs, targets = all_pairs(self.modulus)
        order = torch.as_tensor(stream(self.split_seed, "modular_addition", "split").permutation(len(inputs)))
        trained, tested = order[: self.train_pairs], order[self.train_pairs :]
        return Data(inputs[trained], targets[trained], inputs[tested], targets[tested])

    def batches(self, samples: int, steps: int, generator: np.random.Generator) -> np.ndarray:
        # A view: a long training of a large prime would need gigabytes of equal rows.
        return np.broadcast_to(np.arange(samples), (steps, samples))


def all_pairs(modulus: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens (pair, position) of every sum, and its answer (pair,)."""
    import torch

    numbers = torch.arange(modulus)
    a, b = numbers.repeat_interleave(modulus), numbers.repeat(modulus)
    return torch.stack([a, b, torch.full_like(a, modulus)], dim=1), (a + b) % modulus
