"""Z Zᵀ and ZᵀZ from lagged products of the weights: each entry once, the rest along diagonals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from traindyn.koopman.hankel import Array, Hankel


def lagged_covariance(hankel: Hankel) -> Array:
    """Z Zᵀ, ((d + 1)·D square).

    The first block row is C_{0,l} = Σ_t x_t x_{t+l}ᵀ over all replicas. The others follow along the block
    diagonals: moving both lags one step later drops the first and adds the one-past-last snapshot,
    C_{i+1,j+1} = C_{i,j} + x_{N+i} x_{N+j}ᵀ - x_i x_jᵀ, a rank-2R update per block.
    """
    replicas, _, weights = hankel.trajectories.shape
    size, count, last = hankel.shape[0], hankel.snapshots, hankel.delays
    steps = hankel.values()
    first = steps[:, :count].reshape(-1, weights)
    product = np.empty((size, size))
    for lag in range(last + 1):
        later = np.ascontiguousarray(steps[:, lag : lag + count]).reshape(-1, weights)
        product[:weights, lag * weights : (lag + 1) * weights] = first.T @ later
    head = steps[:, : last + 1].reshape(replicas, size)
    tail = steps[:, count : count + last + 1].reshape(replicas, size)
    for lag in range(last):
        here = slice(lag * weights, (lag + 1) * weights)
        below = slice(here.stop, here.stop + weights)
        product[below, weights:] = product[here, :-weights]
        product[below, weights:] += tail[:, here].T @ tail[:, :-weights] - head[:, here].T @ head[:, :-weights]
        product[below, :weights] = product[:weights, below].T
    return product


def lagged_gram(blocks: Iterable[Array], delays: int) -> Array:
    """ZᵀZ, (R·N square), N = T - d - 1, from one pass over blocks of weights.

    z_iᵀ z_j = Σ_{l=0..d} x_{i+l}ᵀ x_{j+l}: the step-by-step products are accumulated over the blocks, then
    summed along their diagonals. Any source of blocks will do, a reader of files too.

    Args:
        blocks: (replica, step, some weights) float64 arrays that together hold every weight once.
        delays: number d of delays.
    """
    total: Array | None = None
    for block in blocks:
        replicas, steps, _ = block.shape
        flat = block.reshape(replicas * steps, -1)
        if total is None:
            total = flat @ flat.T
        else:
            total += flat @ flat.T
    if total is None:
        raise ValueError("lagged_gram needs at least one block of weights")
    count = steps - delays - 1
    if delays == 0:
        inner = total.reshape(replicas, steps, replicas, steps)
        return inner[:, :count, :, :count].reshape(replicas * count, -1)
    gram = np.empty((replicas * count, replicas * count))
    for r in range(replicas):
        for s in range(r + 1):
            pair = total[r * steps : (r + 1) * steps, s * steps : (s + 1) * steps]
            summed = _window_sums(pair, delays + 1)[:count, :count]
            gram[r * count : (r + 1) * count, s * count : (s + 1) * count] = summed
            gram[s * count : (s + 1) * count, r * count : (r + 1) * count] = summed.T
    return gram


def _window_sums(products: Array, length: int) -> Array:
    """S_ij = Σ_{l < length} P_{i+l,j+l}, by doubling: differences of running sums would lose digits."""
    result: Array | None = None
    covered, power, doubled = 0, 1, products
    while True:
        if length & power:
            tail = doubled[covered:, covered:]
            result = tail.copy() if result is None else result[: len(tail), : len(tail)] + tail
            covered += power
        if covered == length:
            return result if result is not None else products
        doubled = doubled[:-power, :-power] + doubled[power:, power:]
        power *= 2
