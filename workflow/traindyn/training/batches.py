"""The batches of an ensemble: which samples every seed sees at every step, from the seeds' own streams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from traindyn.config import TrainingJob
from traindyn.streams import stream
from traindyn.tasks.base import Data, Task


def orders(job: TrainingJob, task: Task, data: Data | None, first: int = 0) -> Iterator[torch.Tensor | None]:
    """Samples of steps first … training.steps: (sample,), or (seed, sample) where every seed has its own order."""
    steps = job.training.steps + 1  # the loss is also taken after the last optimizer step
    if data is None:
        yield from [None] * (steps - first)
        return
    seeds = job.seeds[:1] if task.shares_order else job.seeds
    drawn = [task.batches(len(data.train_inputs), steps, stream(job.root_seed, "order", seed)) for seed in seeds]
    # Step by step: all orders at once would be a copy of them.
    for found in islice(zip(*drawn, strict=True), first, None):
        index = torch.as_tensor(found[0].copy() if task.shares_order else np.stack(found))
        yield index.to(data.train_inputs.device, non_blocking=True)


def batch(data: Data | None, index: torch.Tensor | None, seeds: slice) -> tuple[Any, Any]:
    """Inputs and targets of the seeds' samples."""
    if data is None or index is None:
        return None, None
    index = index if index.ndim == 1 else index[seeds]
    # Several times as fast as data.train_inputs[index].
    chosen = (samples.index_select(0, index.flatten()) for samples in (data.train_inputs, data.train_targets))
    inputs, targets = (samples.unflatten(0, index.shape) for samples in chosen)
    return inputs, targets


def in_precision(data: Data | None, dtype: torch.dtype) -> Data | None:
    """The data, floating numbers in the training's precision."""
    if data is None:
        return None
    parts = (data.train_inputs, data.train_targets, data.test_inputs, data.test_targets)
    return Data(*(x.to(dtype) if x.is_floating_point() else x for x in parts))


def on_device(data: Data | None, device: torch.device) -> Data | None:
    """The data on the training's device."""
    if data is None:
        return None
    parts = (data.train_inputs, data.train_targets, data.test_inputs, data.test_targets)
    return Data(*(x.to(device) for x in parts))
