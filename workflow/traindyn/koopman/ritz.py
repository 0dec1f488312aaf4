"""Singular triplets of Z by block Golub–Kahan–Lanczos on products of Z: never squared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traindyn.koopman.hankel import Array, Hankel

EPS = float(np.finfo(np.float64).eps)
# The leading subspace is sought to this angle: two digits below what fits are compared to.
ANGLE = 1e-11
# The bases grow by this share between two looks at the triplets.
LOOK = 1.08


@dataclass(frozen=True, eq=False)
class Triplets:
    """Z V = U S: left (rows of Z, k), values (k,) descending, right (columns of Z, k).

    following: estimate of the next singular value, 0 where there is none.
    """

    left: Array
    values: Array
    right: Array
    following: float = 0.0

    def leading(self, count: int | None) -> Triplets:
        """The first `count` of them; all where there are no more, or where it is None."""
        if count is None or count >= len(self.values):
            return self
        return Triplets(self.left[:, :count], self.values[:count], self.right[:, :count], float(self.values[count]))


def rank_threshold(shape: tuple[int, int], first: float) -> float:
    """Singular values at or below this are rounding: eps·max(shape)·sigma_1."""
    return EPS * max(shape) * first


def leading_triplets(
    hankel: Hankel, start: Array, wanted: int, *, vectors: int, at_least: int = 0
) -> tuple[Triplets | None, int]:
    """The first `wanted` singular triplets of Z, fewer where its numerical rank is smaller.

    Golub, Luk & Overton, "A block Lanczos method for computing the singular values and corresponding singular vectors
    of a matrix" (1981), with full orthogonalisation: right vectors V span the block Krylov space of the start, left
    ones U that of its image, Z V = U B with B block bidiagonal but for rounding. The triplets are those of B, and what
    Zᵀu - σv leaves is read off the last block. Small blocks reach a given accuracy with the fewest products; the error
    is of the order eps·σ_1/σ_k, as for a direct SVD, not eps·(σ_1/σ_k)² as for an eigensolver on ZᵀZ.

    Args:
        hankel: Z.
        start: (columns of Z, q) orthonormal start: arbitrary, or near the leading right vectors.
        wanted: number of triplets.
        vectors: give up beyond so many right vectors.
        at_least: right vectors to make even where the residual is small (a start that may miss directions).

    Returns:
        The triplets, or None where they have not converged; and how many right vectors there were.
    """
    right, left = _Basis(start), _Basis(np.empty((hankel.shape[0], 0)))
    bidiagonal, block, look = np.zeros((0, 0)), start, max(wanted + 1, at_least)
    while True:
        new = left.extended_by(hankel.image(block))
        bidiagonal = np.hstack([np.vstack([bidiagonal, np.zeros((len(new) - len(bidiagonal), len(bidiagonal)))]), new])
        size, width = len(bidiagonal), block.shape[1]
        outer = right.remainder(hankel.pull(left.columns[:, -width:]))
        if size >= look or size + width > min(hankel.shape):
            turn_left, values, turn_right = np.linalg.svd(bidiagonal)
            keep = numerical_rank(values, wanted, hankel.shape)
            misfit = float(np.linalg.norm(outer[1] @ turn_left[-width:, :keep]))
            following = float(values[keep]) if keep < size else 0.0
            if _converged(misfit, values, keep, following):
                turned = left.columns @ turn_left[:, :keep], right.columns @ turn_right[:keep].T
                return Triplets(turned[0], values[:keep], turned[1], following), size
            look = int(LOOK * size)
        if size + width > min(vectors, *hankel.shape):
            return None, size
        block = right.append(outer[0])


def numerical_rank(values: Array, wanted: int, shape: tuple[int, int]) -> int:
    """How many of the first `wanted` singular values are above rounding."""
    return int(np.count_nonzero(values[:wanted] > rank_threshold(shape, float(values[0]))))


def _converged(misfit: float, values: Array, keep: int, following: float) -> bool:
    """Whether the leading subspace is as near as asked, or as rounding lets it be.

    Its angle is at most |Zᵀu - σv| / (σ_k - σ_{k+1}) (Wedin); a few eps·σ_1 are the rounding of the products, which a
    direct SVD has too.
    """
    gap = float(values[keep - 1]) - following if keep else 0.0
    return misfit <= max(ANGLE * gap, 8 * EPS * float(values[0]))


class _Basis:
    """Orthonormal columns that grow block by block."""

    def __init__(self, first: Array) -> None:
        self._memory, self._count = np.asfortranarray(first), first.shape[1]

    @property
    def columns(self) -> Array:
        return self._memory[:, : self._count]

    def remainder(self, block: Array) -> tuple[Array, Array, Array]:
        """block = new @ triangle + columns @ inside, with new orthonormal and orthogonal to the columns.

        Projected and orthonormalised twice: what is left of a block that lies in the span is rounding, and only a
        second time makes that orthogonal.
        """
        inside = self.columns.T @ block
        once, triangle = np.linalg.qr(block - self.columns @ inside)
        again = self.columns.T @ once
        new, turn = np.linalg.qr(once - self.columns @ again)
        return new, turn @ triangle, inside + again @ triangle

    def append(self, block: Array) -> Array:
        count = self._count + block.shape[1]
        if count > self._memory.shape[1]:
            grown = np.empty((len(self._memory), max(count, 2 * self._memory.shape[1], 64)), order="F")
            grown[:, : self._count] = self.columns
            self._memory = grown
        self._memory[:, self._count : count] = block
        self._count = count
        return block

    def extended_by(self, block: Array) -> Array:
        """The block's coefficients in the basis, which then holds it: (columns, block's columns)."""
        new, triangle, inside = self.remainder(block)
        self.append(new)
        return np.vstack([inside, triangle])
