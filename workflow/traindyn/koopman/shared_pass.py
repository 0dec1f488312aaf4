"""Windows and parts of one seed's replicas share a pass over many weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from traindyn.koopman import reduce
from traindyn.koopman.hankel import Trajectories
from traindyn.koopman.inner_products import InnerProducts, inner_products, products_by_window
from traindyn.koopman.windows import Window, clusters

Select = Callable[[slice | NDArray[np.intp], slice], Trajectories]


def with_products(
    select: Select, windows: Sequence[Window], memory_bytes: int
) -> Iterator[tuple[Window, InnerProducts | None]]:
    """Each window, and the inner products of its snapshots where there are many weights.

    Windows that overlap are read and multiplied together, as far as their products fit into the memory.

    Args:
        select: (replicas, recorded steps) → trajectories of one seed.
        windows: in any order; they come back cluster by cluster.
        memory_bytes: bound on a block of weights, and on the products that windows share.
    """
    for cluster in clusters(windows):
        start, stop = cluster[0].indices.start, max(window.indices.stop for window in cluster)
        whole = select(slice(None), slice(start, stop))
        replicas, _, weights = whole.shape
        lengths = [window.indices.stop - window.indices.start for window in cluster]
        if not reduce.worthwhile((replicas, max(lengths), weights)):
            yield from ((window, None) for window in cluster)
        elif 8 * sum((replicas * length) ** 2 for length in lengths) > memory_bytes:
            for window in cluster:
                yield window, inner_products(select(slice(None), window.indices), memory_bytes)
        else:
            inside = [slice(window.indices.start - start, window.indices.stop - start) for window in cluster]
            yield from zip(cluster, products_by_window(whole, inside, memory_bytes), strict=True)
