"""Handwritten digits, 8 × 8, bundled with scikit-learn: nothing to download."""

from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from pydantic import Field

from traindyn.tasks.base import Classification, Data


class Digits(Classification):
    """1,797 images; the last `test_samples` of the file are for testing. Pixels 0…16 become −1…1."""

    test_samples: int = Field(297, ge=1, le=1700, description="images kept for testing")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (1, 8, 8)

    @property
    def output_size(self) -> int:
        return 10

    def load(self, data_dir: Path) -> Data:
        import torch

        # What sklearn.datasets.load_digits reads; importing that takes longer than most trainings on it.
        path = distribution("scikit-learn").locate_file("sklearn/datasets/data/digits.csv.gz")
        digits = np.loadtxt(str(path), delimiter=",")
        inputs = torch.as_tensor(digits[:, :-1].reshape(-1, 1, 8, 8) / 8 - 1)
        targets = torch.as_tensor(digits[:, -1], dtype=torch.int64)
        split = len(inputs) - self.test_samples
        return Data(inputs[:split], targets[:split], inputs[split:], targets[split:])
