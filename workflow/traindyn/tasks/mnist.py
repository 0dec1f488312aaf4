"""MNIST in its original IDX files and order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, StringConstraints

from traindyn.tasks.base import Classification, Data
from traindyn.tasks.formats.fetch import DataFile, obtain, read_checked
from traindyn.tasks.formats.idx import parse_idx

if TYPE_CHECKING:
    import torch

FILES = (
    DataFile("train-images-idx3-ubyte.gz", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    DataFile("train-labels-idx1-ubyte.gz", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    DataFile("t10k-images-idx3-ubyte.gz", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    DataFile("t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
)
MEAN, DEVIATION = 0.1307, 0.3081  # the usual normalisation of PyTorch's examples, which the authors use


class MNIST(Classification):
    """60,000 + 10,000 images of 28 × 28, from `<data_dir>/mnist` or downloaded there."""

    mirrors: list[Annotated[str, StringConstraints(pattern=r"^https?://")]] = Field(
        [
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
            "http://yann.lecun.com/exdb/mnist",
        ],
        description="where the files are downloaded from, tried in turn",
    )

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (1, 28, 28)

    @property
    def output_size(self) -> int:
        return 10

    def prepare(self, data_dir: Path) -> dict[str, str]:
        return {file.name: obtain(file, data_dir / "mnist", self.mirrors) for file in FILES}

    def load(self, data_dir: Path) -> Data:
        paths = [data_dir / "mnist" / file.name for file in FILES]
        arrays = [
            parse_idx(read_checked(path, file.sha256), str(path)) for path, file in zip(paths, FILES, strict=True)
        ]
        return Data(_images(arrays[0]), _labels(arrays[1]), _images(arrays[2]), _labels(arrays[3]))


def _images(pixels: np.ndarray) -> torch.Tensor:
    import torch

    scaled = torch.as_tensor(pixels.copy()).to(torch.float32) / 255
    return ((scaled - MEAN) / DEVIATION).unsqueeze(1)


def _labels(labels: np.ndarray) -> torch.Tensor:
    import torch

    return torch.as_tensor(labels.copy()).to(torch.int64)
