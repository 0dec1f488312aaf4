"""An ensemble in blocks: small networks are computed together, large ones one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from traindyn.tasks.base import Task

Where = tuple[slice, slice]
# Beyond it, a network is computed alone: its own calls are long enough, and what they hand on to each other stays in
# the processor's caches. Below, the overhead of calls counts, and all networks share each call. `make benchmark` draws
# both ways over the size of a network (section scaling).
ALONE_BYTES = 8 << 20
# Bytes of a GPU for each of `network_bytes`. What the backward pass computes, the optimizer's averages and what it
# computes with come on top; what is given back on the way comes off. Measured, data included: 0.9 to 1.6 for LeNet-5
# and ResNet-20 with momentum and the transformer with AdamW; 2.3 with momentum where a network is hardly more than its
# weights. Adam has one average more.
GPU_FACTOR = 4


@dataclass
class Block:
    """Networks that are computed together: their parameters and buffers, stacked (seed, replica, *shape).

    `where` are its seeds and replicas in the ensemble.
    """

    where: Where
    parameters: dict[str, nn.Parameter]
    buffers: dict[str, torch.Tensor]
    optimizer: torch.optim.Optimizer


def extents(seeds: int, replicas: int, network_bytes: int, gpu_bytes: int | None = None) -> list[Where]:
    """Seeds and replicas of every block: all networks, or each alone.

    gpu_bytes: on a GPU, its free memory. There are no caches to stay in there, and many threads to be kept busy: as
    many networks as fit share each call, all, those of a seed, or one.
    """
    if gpu_bytes is None:
        together = (seeds, replicas) if network_bytes <= ALONE_BYTES else (1, 1)
    else:
        fitting = gpu_bytes // (GPU_FACTOR * network_bytes)
        together = next((size for size in ((seeds, replicas), (1, replicas)) if size[0] * size[1] <= fitting), (1, 1))
    return [
        (slice(s, s + together[0]), slice(r, r + together[1]))
        for s in range(0, seeds, together[0])
        for r in range(0, replicas, together[1])
    ]


def network_bytes(network: nn.Module, task: Task, inputs: torch.Tensor | None, targets: torch.Tensor | None) -> int:
    """Bytes of one network's parameters, their gradients, and all that is computed on the way to its loss on a batch.

    The network is in the training's precision. It is computed once: on the device `meta`, where nothing would be, torch
    first imports its compiler and SymPy, which takes longer.
    """
    with torch.no_grad(), _Allocated() as allocated:
        task.loss(network(inputs), targets)
    return allocated.bytes + 2 * sum(p.nbytes for p in network.parameters())


class _Allocated(TorchDispatchMode):
    """Counts the bytes of new tensors."""

    bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.bytes += sum(x.nbytes for x in tree_leaves(found) if isinstance(x, torch.Tensor))
        return found
