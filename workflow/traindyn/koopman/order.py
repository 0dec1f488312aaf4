"""In which order to multiply: the estimated cost of each way to a start for the leading singular vectors."""

from __future__ import annotations

from math import inf, log2

from traindyn.koopman.leading import LANCZOS_SHARE, SMALL

# Floating-point operations a matrix-matrix product makes in the time of one memory-bound operation.
MEMORY_BOUND = 8
# Product matrices larger than this are not made.
MATRIX_BYTES = 4 * 2**30
# Expansions of block Krylov from a random start: 3 to 8 on training-like trajectories, with a reserve.
RANDOM_START_EXPANSIONS = 12


def estimated_costs(replicas: int, steps: int, weights: int, delays: int, block: int) -> dict[str, float]:
    """Operations of the three orders: "covariance" (Z Zᵀ), "gram" (ZᵀZ), "krylov" (products of Z only).

    Args:
        block: number of leading vectors asked for.
    """
    rows, columns = (delays + 1) * weights, replicas * (steps - delays - 1)
    covariance = 2.0 * weights * rows * columns + (4 * replicas + 3 * MEMORY_BOUND) * float(rows) ** 2
    passes = MEMORY_BOUND * (2 + log2(delays + 1))
    gram = (replicas * steps) ** 2 * (weights + passes)
    return {
        "covariance": covariance + _eigen_cost(rows, block),
        "gram": gram + _eigen_cost(columns, block),
        "krylov": RANDOM_START_EXPANSIONS * 4.0 * rows * columns * block,
    }


def cheapest(replicas: int, steps: int, weights: int, delays: int, block: int) -> str:
    """The order of the smallest estimated cost whose matrix may be made."""
    costs = estimated_costs(replicas, steps, weights, delays, block)
    if 8 * ((delays + 1) * weights) ** 2 > MATRIX_BYTES:
        costs["covariance"] = inf
    if 8 * (replicas * steps) ** 2 > MATRIX_BYTES:
        costs["gram"] = inf
    return min(costs, key=lambda name: costs[name])


def _eigen_cost(size: int, block: int) -> float:
    if size <= SMALL or block * LANCZOS_SHARE > size:
        return 4.0 * float(size) ** 3
    return 2.0 * MEMORY_BOUND * float(size) ** 2 * (4 * block + 20)
