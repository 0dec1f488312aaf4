"""CIFAR-10 in its binary version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, StringConstraints, field_validator

from traindyn.errors import InputError
from traindyn.tasks.base import Classification, Data
from traindyn.tasks.formats.cifar import CLASSES, SHAPE, parse_cifar, read_member
from traindyn.tasks.formats.fetch import DataFile, obtain, read_checked

if TYPE_CHECKING:
    import torch

FileName = Literal[
    "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"
]
TRAIN_FILES, TEST_FILE = tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Of the archive as it is published (MD5 c32a1d4ab5d03f1284b67883e8d87530, 170,052,171 bytes).
ARCHIVE = DataFile(
    "cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", gzipped=False
)
FOLDER_IN_ARCHIVE = "cifar-10-batches-bin"
# Of all pixels of the 50,000 training images, by channel. (The deviations 0.2023, 0.1994, 0.2010 that are often seen
# are means over images of each image's own deviation.)
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


class CIFAR10(Classification):
    """50,000 + 10,000 colour images of 32 × 32, from the archive in `<data_dir>/cifar10`, or downloaded there.

    Images are used as they are, without random crops and flips. With `files`, the named files in that folder
    (`data_batch_1.bin` or `data_batch_1.bin.gz`, …) are used in place of the archive: a part of the data will do.
    """

    mirrors: list[Annotated[str, StringConstraints(pattern=r"^https?://")]] = Field(
        ["https://www.cs.toronto.edu/~kriz"], description="where the archive is downloaded from, tried in turn"
    )
    files: dict[FileName, Digest] | None = Field(
        None,
        description="use these files of the folder: name (`data_batch_1.bin` … `data_batch_5.bin`, `test_batch.bin`) → "
        "SHA-256 of the uncompressed content; null: the whole data, from the archive",
    )

    @field_validator("files")
    @classmethod
    def _train_and_test(cls, files: dict[str, str] | None) -> dict[str, str] | None:
        if files is not None and (TEST_FILE not in files or len(files) < 2):
            raise ValueError(f"must name {TEST_FILE} and at least one of {', '.join(TRAIN_FILES)}")
        return files

    @property
    def input_shape(self) -> tuple[int, ...]:
        return SHAPE

    @property
    def output_size(self) -> int:
        return CLASSES

    def prepare(self, data_dir: Path) -> dict[str, str]:
        if self.files is None:
            return {ARCHIVE.name: obtain(ARCHIVE, data_dir / "cifar10", self.mirrors)}
        for name in self.files:
            self._part(data_dir / "cifar10", name)
        return {str(name): digest for name, digest in self.files.items()}

    def load(self, data_dir: Path) -> Data:
        contents = self._contents(data_dir / "cifar10")
        arrays = {name: parse_cifar(content, f"{data_dir}/cifar10: {name}") for name, content in contents.items()}
        train = [arrays[name] for name in TRAIN_FILES if name in arrays]
        images, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
        return Data(_images(images), _labels(labels), _images(arrays[TEST_FILE][0]), _labels(arrays[TEST_FILE][1]))

    def _contents(self, folder: Path) -> dict[str, bytes]:
        """File name → its checked content."""
        if self.files is not None:
            return {name: self._part(folder, name) for name in self.files}
        path = folder / ARCHIVE.name
        archive = read_checked(path, ARCHIVE.sha256, gzipped=False)
        return {n: read_member(archive, f"{FOLDER_IN_ARCHIVE}/{n}", str(path)) for n in (*TRAIN_FILES, TEST_FILE)}

    def _part(self, folder: Path, name: FileName) -> bytes:
        """The checked content of a named file, gzipped or not."""
        assert self.files is not None
        found = next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
        if found is None:
            raise InputError(f"{folder / name}: missing, and so is {name}.gz; task.files names it")
        digest, advice = self.files[name], "correct task.files, or the file"
        return read_checked(found, digest, gzipped=found.suffix == ".gz", advice=advice)


def _images(pixels: np.ndarray) -> torch.Tensor:
    """Normalised in place: 50,000 images are 600 MB."""
    import torch

    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    return torch.as_tensor(pixels.copy()).to(torch.float32).div_(255).sub_(mean).div_(deviation)


def _labels(labels: np.ndarray) -> torch.Tensor:
    import torch

    return torch.as_tensor(labels.copy()).to(torch.int64)
