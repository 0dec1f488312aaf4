"""Disjoint parts of the replicas: what a single seed has in place of seeds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.streams import stream


def split(replicas: int, parts: int, root_seed: int = 0) -> list[NDArray[np.intp]]:
    """Sorted indices of the replicas in each part, drawn at random so that sizes differ by one at most.

    Replicas may be the nodes of a grid of starts, and any regular rule would cut a grid along its lines. The draw
    depends on the arguments only: groups with equally many replicas are split alike.

    Raises:
        InputError: fewer than 1 part, or more parts than replicas.
    """
    if not 1 <= parts <= replicas:
        raise InputError(f"parts: {parts}, must be from 1 to the number of replicas, {replicas}")
    order = stream(root_seed, "parts", replicas, parts).permutation(replicas)
    return [np.sort(order[part::parts]) for part in range(parts)]
