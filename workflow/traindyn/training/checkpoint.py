"""Checkpoints of a training: one file beside its recording, believed only when every byte is as it was written."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch.utils._pytree import tree_map_only

from traindyn.errors import InputError
from traindyn.recording.partial import discard_partials
from traindyn.whole import whole

State = dict[str, Any]
DIGEST_BYTES = hashlib.sha256().digest_size
logger = logging.getLogger(__name__)


class Checkpoint:
    """The checkpoint of one recording: tensors in torch's own file format, and their SHA-256 behind them.

    Args:
        recording: the recording that is being made; the checkpoint is called `.<name>.checkpoint` in the same folder.
        identity: all that a training's bits depend on; a checkpoint of any other identity is not believed.
        seconds: least time between two checkpoints.
    """

    def __init__(self, recording: Path, identity: str, seconds: float) -> None:
        self.path = recording.with_name(f".{recording.name}.checkpoint")
        self.identity, self.seconds = identity, seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return time.monotonic() - self._last >= self.seconds

    def save(self, state: Callable[[], State]) -> bool:
        """Put `state()` (tensors, arrays, numbers, strings) in the last checkpoint's place; whether that went well.

        A full disk is no reason to end a training: the last checkpoint stays, and the log says so.
        """
        self._last = time.monotonic()
        try:
            with whole(self.path) as written:
                _write(written, {"identity": self.identity, **tree_map_only(np.ndarray, torch.from_numpy, state())})
        except (InputError, RuntimeError) as error:
            # Torch's own error hides that of the file system.
            logger.warning("no checkpoint could be written, training goes on: %s", error.__context__ or error)
            return False
        return True

    def load(self, device: torch.device) -> State | None:
        """The state as it was saved, what lay on a GPU now on `device`; None where there is none to be believed."""
        try:
            state = _read(self.path, device)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RuntimeError, UnpicklingError) as error:
            logger.warning("%s: damaged checkpoint, training starts anew: %s", self.path, error)
            return None
        if state.pop("identity", None) != self.identity:
            logger.warning("%s: of another configuration, code or library, training starts anew", self.path)
            return None
        return state

    def remove(self) -> None:
        """Remove the checkpoint, and what was left of unfinished ones."""
        self.path.unlink(missing_ok=True)
        discard_partials(self.path)


def _write(path: Path, state: State) -> None:
    with path.open("w+b") as file:
        torch.save(state, file)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(0, os.SEEK_END)
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, device: torch.device) -> State:
    content = path.read_bytes()
    payload, digest = content[:-DIGEST_BYTES], content[-DIGEST_BYTES:]
    if hashlib.sha256(payload).digest() != digest:
        raise ValueError("its bytes do not match their checksum")

    # Optimizers keep small counters on the CPU, even of weights that are on a GPU.
    def put(storage: Any, place: str) -> Any:
        return storage if place == "cpu" else storage.cuda(device.index)

    return torch.load(io.BytesIO(payload), weights_only=True, map_location=put)
