"""Where an ensemble is trained: on the CPU, or on a GPU of its own with kernels that repeat their bits."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from traindyn.errors import InputError
from traindyn.training.exclusive import exclusive, locks_folder

CPU = torch.device("cpu")
logger = logging.getLogger(__name__)


@contextmanager
def training_device(wanted: str, *, given: bool) -> Iterator[torch.device]:
    """The device of this job: `wanted` is the configuration's word, `given` whether the job was given a GPU.

    Of several GPUs that can be seen, one that no other job on this host uses.

    Raises:
        InputError: where cuda is wanted and there is none.
    """
    if not _asks_for_gpu(wanted, given=given) or not _there(wanted):
        yield CPU
        return
    repeat_bits()
    # By what they are, not by number: schedulers number a job's devices anew.
    names = [str(torch.cuda.get_device_properties(i).uuid) for i in range(torch.cuda.device_count())]
    with exclusive(names, locks_folder()) as position:
        device = torch.device("cuda", position)
        torch.cuda.set_device(device)
        logger.info("on %s, %s", device, torch.cuda.get_device_name(device))
        yield device


def _asks_for_gpu(wanted: str, *, given: bool) -> bool:
    return wanted == "cuda" or (wanted == "auto" and given)


def _there(wanted: str) -> bool:
    if torch.cuda.is_available():
        return True
    why = "torch finds no GPU here" if torch.version.cuda else "this torch is built without CUDA"
    if wanted == "cuda":
        raise InputError(f"training.device = cuda: {why}; say auto or cpu, or run where there is one")
    logger.warning("the job was given a GPU, but %s: training on the CPU", why)
    return False


def repeat_bits() -> None:
    """Ask CUDA for the same bits in every run, and for sums and products in the precision of their numbers.

    To be called before anything is computed there. An operation that has no such kernel is computed with a warning.
    """
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Nothing is read here before it is written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def free_bytes(device: torch.device) -> int | None:
    """Free memory of a GPU; None for the CPU."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None
