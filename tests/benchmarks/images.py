"""Random images in the shape of CIFAR-10: a step takes as long on them, and nothing must be downloaded."""

from pathlib import Path

import torch

from traindyn.tasks.base import Classification, Data


class RandomImages(Classification):
    """3 × 32 × 32 normal numbers, ten classes."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (3, 32, 32)

    @property
    def output_size(self) -> int:
        return 10

    def load(self, data_dir: Path) -> Data:
        generator = torch.Generator().manual_seed(0)
        inputs = torch.randn(1024, 3, 32, 32, generator=generator)
        targets = torch.randint(10, (1024,), generator=generator)
        return Data(inputs, targets, inputs[:128], targets[:128])
