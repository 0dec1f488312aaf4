"""PyTorch checkpoints: state dicts, loaded without running any code that they may hold. The one that imports torch."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from traindyn.bringing.formats.checkpoints import Checkpoint
from traindyn.config import Row
from traindyn.errors import InputError

# Where training scripts put the weights beside other things.
USUAL = ("state_dict", "model_state_dict", "model")
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


@contextmanager
def opened_one(path: Path, row: Row) -> Iterator[Checkpoint]:
    """The tensors of one file.

    Raises:
        InputError: the file is damaged, needs code to be loaded, or holds no state dict of this key.
    """
    packed = zipfile.is_zipfile(path)
    if packed:
        _check_stored(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of pickles that will be refused
            loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=packed)
    except Exception as error:  # pickle, zip and torch have errors of their own
        reason = str(error).strip().split("\n")[-1][:200]
        raise InputError(f"{path}: no weights that can be loaded without running code ({reason})") from error
    yield _StateDict(path, _state_dict(path, loaded, row.key))


class _StateDict(Checkpoint):
    def __init__(self, path: Path, tensors: Mapping[str, torch.Tensor]) -> None:
        self._tensors = {n: t for n, t in tensors.items() if t.dtype in FLOATS and t.layout == torch.strided}
        self.shapes = {name: tuple(tensor.shape) for name, tensor in self._tensors.items()}
        self.double = any(tensor.dtype == torch.float64 for tensor in self._tensors.values())

    def values(self, name: str) -> np.ndarray:
        """A tensor's values."""
        tensor = self._tensors[name].detach()
        return (tensor if tensor.dtype == torch.float64 else tensor.float()).contiguous().numpy()


def _check_stored(path: Path) -> None:
    """torch.save packs nothing: what is packed may be a bomb."""
    with zipfile.ZipFile(path) as archive:
        if any(info.compress_type != zipfile.ZIP_STORED for info in archive.infolist()):
            raise InputError(f"{path}: compressed members, which torch.save does not write")


def _state_dict(path: Path, loaded: Any, key: str | None) -> dict[str, torch.Tensor]:
    if not isinstance(loaded, Mapping):
        raise InputError(f"{path}: holds {type(loaded).__name__}; needed is a state dict, name → tensor")
    known = ", ".join(map(str, list(loaded)[:10])) or "nothing"
    if key is not None:
        if not isinstance(loaded.get(key), Mapping):
            raise InputError(f"{path}: no state dict {key!r}; there are: {known}")
        return _tensors(loaded[key])
    nested = [name for name in USUAL if isinstance(loaded.get(name), Mapping)]
    found = _tensors(loaded) or (_tensors(loaded[nested[0]]) if len(nested) == 1 else {})
    if not found:
        raise InputError(f"{path}: no tensors; name the state dict as key, there are: {known}")
    return found


def _tensors(mapping: Mapping[Any, Any]) -> dict[str, torch.Tensor]:
    return {str(name): value for name, value in mapping.items() if isinstance(value, torch.Tensor)}
