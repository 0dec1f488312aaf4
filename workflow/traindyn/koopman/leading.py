"""Leading eigenpairs of a symmetric positive semidefinite matrix."""

from __future__ import annotations

import inspect

import numpy as np
from scipy.linalg import eigh
from scipy.sparse.linalg import ArpackError, eigsh

from traindyn.koopman.hankel import Array

# LAPACK reduces the whole matrix (n³ operations); Lanczos pays where few pairs of a large matrix are wanted.
SMALL = 500
LANCZOS_SHARE = 10
# Lanczos values to this share of the first, a little above the rounding of the matrix itself.
LANCZOS_TOLERANCE = 1e-13


def leading_eigenpairs(matrix: Array, count: int) -> tuple[Array, Array]:
    """The `count` largest eigenvalues, descending (count,), and their eigenvectors (n, count).

    Deterministic: the Lanczos start vector is fixed. Where Lanczos does not deliver, LAPACK does.
    """
    size = len(matrix)
    if size > SMALL and count * LANCZOS_SHARE <= size:
        pairs = _lanczos(matrix, count)
        if pairs is not None:
            return pairs
    values, vectors = eigh(matrix, subset_by_index=(size - count, size - 1), driver="evr", check_finite=False)
    return values[::-1], vectors[:, ::-1]


def _lanczos(matrix: Array, count: int) -> tuple[Array, Array] | None:
    """Lanczos with a fixed start; None where a pair's residual is above rounding of the matrix."""
    rng = np.random.default_rng(0)
    scale = float(np.trace(matrix))
    if scale <= 0:
        return None
    # Newer SciPy takes the generator of ARPACK's restarts, older SciPy has a fixed one of its own.
    generator = {"rng": rng} if "rng" in inspect.signature(eigsh).parameters else {}
    start = rng.standard_normal(len(matrix))
    try:
        values, vectors = eigsh(
            matrix, count, v0=start, ncv=min(len(matrix), 2 * count + 20), tol=LANCZOS_TOLERANCE, **generator
        )
    except ArpackError:
        return None
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    misfit = np.linalg.norm(matrix @ vectors - vectors * values, axis=0).max()
    return (values, vectors) if misfit <= 1e-12 * scale else None
