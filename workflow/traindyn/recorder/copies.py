"""Copies of weights and scalars on their way from the accelerator, while it goes on computing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch


@dataclass(frozen=True)
class Copies:
    """Tensors in the host's memory, and the events after which they are complete."""

    tensors: list[torch.Tensor]
    events: list[torch.cuda.Event]

    def complete(self) -> bool:
        """Whether reading them would wait for nothing."""
        return all(event.query() for event in self.events)

    def arrays(self) -> list[np.ndarray]:
        """The tensors, once they are complete."""
        for event in self.events:
            event.synchronize()
        return [tensor.numpy() for tensor in self.tensors]


def on_host(tensors: Sequence[torch.Tensor]) -> Copies:
    """Start to copy tensors to the host; those that are there already are taken as they are.

    From CUDA the copies go into pinned memory, in the order of the stream: what the stream computes later cannot change
    them, and nothing waits. From other accelerators they are complete at once.
    """
    hosts = [_copied(tensor.detach()) for tensor in tensors]
    events = [_event(device) for device in {tensor.device for tensor in tensors if tensor.is_cuda}]
    return Copies(hosts, events)


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_cuda:
        return tensor.cpu()
    host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    return host.copy_(tensor, non_blocking=True)


def _event(device: torch.device) -> torch.cuda.Event:
    event = torch.cuda.Event()
    event.record(torch.cuda.current_stream(device))
    return event


@torch.no_grad()
def flat(weights: Sequence[torch.Tensor], dtype: torch.dtype) -> list[torch.Tensor]:
    """All weights one after the other, as a new tensor for each run of those that are on one device."""
    runs = groupby(weights, key=lambda tensor: tensor.device)
    return [torch.cat([tensor.reshape(-1).to(dtype) for tensor in run]) for _, run in runs]
