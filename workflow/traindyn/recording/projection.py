"""Gaussian random projections of many weights, in bounded memory."""

from collections.abc import Callable, Iterator

import numpy as np

from traindyn.streams import stream

# Weights whose factors are drawn together, each such block from a stream of its own.
BLOCK = 4096
# The whole matrix is kept up to this size; beyond it, its blocks are drawn anew for every record.
KEPT_BYTES = 256 << 20


def projector(weights: int, dimension: int, root_seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function (…, weights) → (…, dimension): the product with a fixed Gaussian matrix, in double precision.

    Its entries are N(0, 1/dimension), so that squared norms and inner products are kept in the mean, with a relative
    deviation of about sqrt(2/dimension). It depends on the root seed and the two sizes only: all seeds, replicas and
    groups with as many weights are projected alike.
    """
    kept = list(factors(weights, dimension, root_seed)) if 4 * weights * dimension <= KEPT_BYTES else None

    def project(values: np.ndarray) -> np.ndarray:
        result = np.zeros((*values.shape[:-1], dimension))
        # Networks that diverged give NaN, without a warning.
        with np.errstate(invalid="ignore", over="ignore"):
            for number, block in enumerate(kept or factors(weights, dimension, root_seed)):
                part = values[..., number * BLOCK : (number + 1) * BLOCK]
                result += part.astype(np.float64) @ block.astype(np.float64)
        return result / np.sqrt(dimension)

    return project


def factors(weights: int, dimension: int, root_seed: int) -> Iterator[np.ndarray]:
    """The matrix times sqrt(dimension), (weights, dimension), by blocks of BLOCK rows: standard normal, float32."""
    for number, start in enumerate(range(0, weights, BLOCK)):
        generator = stream(root_seed, "projection", dimension, number)
        yield generator.standard_normal((min(BLOCK, weights - start), dimension), dtype=np.float32)
