"""Leading singular triplets of Z by block Krylov and Rayleigh–Ritz on products of Z: never squared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traindyn.koopman.hankel import Array, Hankel

EPS = float(np.finfo(np.float64).eps)
# The leading subspace is sought to this angle: two digits below what fits are compared to.
ANGLE = 1e-11
# Columns the basis may grow to before it is cut back to its leading part.
BASIS_BLOCKS = 8


@dataclass(frozen=True, eq=False)
class Triplets:
    """Z V = U S: left (rows of Z, k), values (k,) descending, right (columns of Z, k)."""

    left: Array
    values: Array
    right: Array


def rank_threshold(shape: tuple[int, int], first: float) -> float:
    """Singular values at or below this are rounding: eps·max(shape)·sigma_1."""
    return EPS * max(shape) * first


def leading_triplets(
    hankel: Hankel, start: Array, wanted: int, *, expansions: int, at_least: int = 0
) -> tuple[Triplets | None, int]:
    """The first `wanted` singular triplets of Z, fewer where its numerical rank is smaller.

    The basis of right vectors grows by the residuals Zᵀu - σv of its leading Ritz vectors, so that it spans a
    block Krylov space; the Ritz vectors come from a QR of Z times the basis and an SVD, so their
    error is of the order eps·σ_1/σ_k, as for a direct SVD, not eps·(σ_1/σ_k)² as for an eigensolver on ZᵀZ.

    Args:
        hankel: Z.
        start: (columns of Z, q >= wanted) orthonormal start.
        wanted: number of triplets.
        expansions: give up after this many.
        at_least: expansions to make even where the residual is small (a start that may miss directions).

    Returns:
        The triplets, or None where they have not converged; and how many expansions were made.
    """
    block = start.shape[1]
    basis, images, size = start, hankel.image(start), np.inf
    for made in range(expansions + 1):
        ritz = _ritz(basis, images)
        lead = min(block, len(ritz.values))
        misfit = hankel.pull(ritz.left[:, :lead]) - ritz.right[:, :lead] * ritz.values[:lead]
        keep = numerical_rank(ritz.values, wanted, hankel.shape)
        size, before = float(np.linalg.norm(misfit[:, :keep])), size
        if made >= at_least and _converged(size, before, ritz.values, keep, hankel.shape):
            return Triplets(ritz.left[:, :keep], ritz.values[:keep], ritz.right[:, :keep]), made
        if made == expansions or basis.shape[1] >= hankel.shape[1]:
            break
        if basis.shape[1] > BASIS_BLOCKS * block:
            basis, images = ritz.right[:, : 2 * block], ritz.left[:, : 2 * block] * ritz.values[: 2 * block]
        new = _orthogonal_to(basis, misfit[:, : hankel.shape[1] - basis.shape[1]])
        basis, images = np.hstack([basis, new]), np.hstack([images, hankel.image(new)])
    return None, made


def numerical_rank(values: Array, wanted: int, shape: tuple[int, int]) -> int:
    """How many of the first `wanted` singular values are above rounding."""
    return int(np.count_nonzero(values[:wanted] > rank_threshold(shape, float(values[0]))))


def _ritz(basis: Array, images: Array) -> Triplets:
    """The best triplets that a basis of right vectors, with its images under Z, can give."""
    orthogonal, triangle = np.linalg.qr(images)
    left, values, right = np.linalg.svd(triangle, full_matrices=False)
    return Triplets(orthogonal @ left, values, basis @ right.T)


def _converged(misfit: float, before: float, values: Array, keep: int, shape: tuple[int, int]) -> bool:
    """Whether the leading subspace is as near as asked, or as rounding lets it be.

    Its angle is at most |Zᵀu - σv| / (σ_k - σ_{k+1}) (Wedin). A few eps·σ_1 are the rounding of the
    products, which a direct SVD has too; so is one of eps·sqrt(max(shape))·σ_1 that falls no further.
    """
    following = float(values[keep]) if keep < len(values) else 0.0
    gap = float(values[keep - 1]) - following if keep else 0.0
    rounding = EPS * float(values[0])
    stalled = misfit <= 10 * np.sqrt(max(shape)) * rounding and misfit > before / 2
    return stalled or misfit <= max(ANGLE * gap, 8 * rounding)


def _orthogonal_to(basis: Array, block: Array) -> Array:
    """An orthonormal block orthogonal to an orthonormal basis: projected and orthonormalised twice."""
    for _ in range(2):
        block = block - basis @ (basis.T @ block)
        block = np.linalg.qr(block)[0]
    return block
