"""In which order to multiply: the estimated cost of each way to the leading singular vectors."""

from __future__ import annotations

from math import inf, log2

from traindyn.koopman.hankel import product_cost
from traindyn.koopman.leading import LANCZOS_SHARE, SMALL

# Floating-point operations a matrix-matrix product makes in the time of one memory-bound operation.
MEMORY_BOUND = 8
# Product matrices larger than this are not made.
MATRIX_BYTES = 4 * 2**30
# Right vectors that the Krylov way makes for each triplet, on recorded trainings; products of few columns run at half
# the speed of large ones.
VECTORS_PER_TRIPLET = 7
FEW_COLUMNS = 2.0


def estimated_costs(replicas: int, steps: int, weights: int, delays: int, wanted: int) -> dict[str, float]:
    """Operations of the three orders: "covariance" (Z Zᵀ), "gram" (ZᵀZ), "krylov" (products of Z only).

    Args:
        wanted: number of leading triplets asked for.
    """
    rows, columns = (delays + 1) * weights, replicas * (steps - delays - 1)
    covariance = 2.0 * weights * rows * columns + (4 * replicas + 3 * MEMORY_BOUND) * float(rows) ** 2
    passes = MEMORY_BOUND * (2 + log2(delays + 1))
    gram = (replicas * steps) ** 2 * (weights + passes)
    # Triplets from a product matrix are checked, and mended, by two products with each vector.
    check = 2.0 * 2 * wanted * product_cost(replicas, steps, weights, delays)
    vectors = VECTORS_PER_TRIPLET * wanted
    products = FEW_COLUMNS * 2 * vectors * product_cost(replicas, steps, weights, delays)
    bases = 4.0 * MEMORY_BOUND / 4 * (rows + columns) * vectors**2
    return {
        "covariance": covariance + _eigen_cost(rows, 2 * wanted) + check,
        "gram": gram + _eigen_cost(columns, 2 * wanted) + check,
        "krylov": products + bases if 3 * wanted <= min(rows, columns) else inf,
    }


def cheapest(replicas: int, steps: int, weights: int, delays: int, wanted: int) -> str:
    """The order of the smallest estimated cost whose matrix may be made."""
    costs = estimated_costs(replicas, steps, weights, delays, wanted)
    if 8 * ((delays + 1) * weights) ** 2 > MATRIX_BYTES:
        costs["covariance"] = inf
    if 8 * (replicas * steps) ** 2 > MATRIX_BYTES:
        costs["gram"] = inf
    return min(costs, key=lambda name: costs[name])


def _eigen_cost(size: int, block: int) -> float:
    if size <= SMALL or block * LANCZOS_SHARE > size:
        return 4.0 * float(size) ** 3
    return 2.0 * MEMORY_BOUND * float(size) ** 2 * (4 * block + 20)
