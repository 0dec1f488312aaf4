"""Two sets of trajectories as one: the snapshots Z of the first against the advanced snapshots Z' of the second.

The authors' grokking script pairs the unconstrained training's Z with the norm-constrained training's Z'. What this
does to a spectrum is shown beside the right pairing; nothing else needs it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from traindyn.koopman import reduce
from traindyn.koopman.hankel import Hankel, Trajectories


class _Stacked:
    """Two sets of trajectories as replicas of one, read block by block."""

    def __init__(self, first: Trajectories, second: Trajectories) -> None:
        self._both = first, second
        replicas, steps, weights = first.shape
        self.shape = (2 * replicas, steps, weights)

    def __getitem__(self, where: tuple[slice, slice, slice]) -> NDArray[np.floating]:
        # Hankel asks for all replicas at a time.
        return np.concatenate([trajectories[where] for trajectories in self._both])


def common_coordinates(first: Hankel, second: Hankel) -> tuple[Hankel, Hankel]:
    """Both in the same few coordinates, where that saves work (see `reduce`); otherwise as they are."""
    both = replace(first, trajectories=_Stacked(first.trajectories, second.trajectories))
    if not reduce.worthwhile(both.trajectories.shape):
        return first, second
    values = reduce.reduced(both).values()
    replicas = len(values) // 2
    return replace(first, trajectories=values[:replicas]), replace(second, trajectories=values[replicas:])
