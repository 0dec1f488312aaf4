"""Singular triplets of Z by orthogonal factorisations of its entries: slow, always right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.linalg import LinAlgError, qr, svd

from traindyn.koopman.hankel import Array, Hankel
from traindyn.koopman.ritz import Triplets, numerical_rank


def direct_svd(hankel: Hankel, wanted: int) -> Triplets:
    """SVD of Z written out: simplest and right where Z is small."""
    left, values, right = _svd(hankel.matrix())
    return _first(left, values, right.T, wanted, hankel.shape)


def tall_qr(hankel: Hankel, wanted: int) -> Triplets:
    """Z with more rows than columns: R of Z = QR from blocks of rows, and the SVD of R.

    The right vectors of R are those of Z; the left ones are recovered as Z V, orthonormalised.
    """
    _, values, right = _svd(triangle(_row_blocks(hankel)))
    return _from_right(hankel, right.T, values, wanted)


def wide_qr(hankel: Hankel, wanted: int) -> Triplets:
    """Z with more columns than rows: R of Zᵀ = QR from blocks of snapshots, and the SVD of Rᵀ."""
    _, values, left = _svd(triangle(_snapshot_blocks(hankel)))
    keep = numerical_rank(values, wanted, hankel.shape)
    right = np.linalg.qr(hankel.pull(left.T[:, :keep]))[0]
    return _from_right(hankel, right, values, wanted)


def triangle(blocks: Iterable[Array]) -> Array:
    """R of the QR of a matrix given as blocks of rows, one block at a time (sequential TSQR)."""
    upper: Array | None = None
    for block in blocks:
        stacked = block if upper is None else np.vstack([upper, block])
        upper = qr(stacked, mode="r", check_finite=False, overwrite_a=upper is not None)[0][: stacked.shape[1]]
    if upper is None:
        raise ValueError("a factorisation needs at least one block of rows")
    return upper


def _first(left: Array, values: Array, right: Array, wanted: int, shape: tuple[int, int]) -> Triplets:
    keep = numerical_rank(values, wanted, shape)
    return Triplets(left[:, :keep], values[:keep], right[:, :keep], _after(values, keep))


def _after(values: Array, keep: int) -> float:
    """The singular value after those that are kept."""
    return float(values[keep]) if keep < len(values) else 0.0


def _from_right(hankel: Hankel, right: Array, values: Array, wanted: int) -> Triplets:
    """Triplets in a leading right subspace: QR of its image under Z, then the SVD of the triangle."""
    keep = numerical_rank(values, wanted, hankel.shape)
    basis = right[:, :keep]
    orthogonal, upper = np.linalg.qr(hankel.image(basis))
    left, found, turn = np.linalg.svd(upper)
    return Triplets(orthogonal @ left, found, basis @ turn.T, _after(values, keep))


def _svd(matrix: Array) -> tuple[Array, Array, Array]:
    """Thin SVD; the slower driver where divide and conquer fails to converge."""
    try:
        return svd(matrix, full_matrices=False, check_finite=False)
    except LinAlgError:
        return svd(matrix, full_matrices=False, check_finite=False, lapack_driver="gesvd")


def _height(hankel: Hankel, width: int) -> int:
    """Rows per block: within the memory bound, yet no fewer than columns, or the triangle costs most."""
    return max(width, hankel.memory_bytes // (3 * 8 * width))


def _row_blocks(hankel: Hankel) -> Iterator[Array]:
    """Z by blocks of rows, several delays and weights together."""
    height, held, rows = _height(hankel, hankel.shape[1]), 0, []
    for _, block in hankel.blocks():
        for lag in range(hankel.delays + 1):
            for begin in range(0, block.shape[2], height):
                rows.append(hankel.rows(lag, block[:, :, begin : begin + height]))
                held += len(rows[-1])
                if held >= height:
                    yield np.vstack(rows)
                    held, rows = 0, []
    if rows:
        yield np.vstack(rows)


def _snapshot_blocks(hankel: Hankel) -> Iterator[Array]:
    """Zᵀ by blocks of rows: consecutive snapshots of one replica."""
    length, count = hankel.delays + 1, hankel.snapshots
    height = _height(hankel, hankel.shape[0])
    for replica in range(hankel.trajectories.shape[0]):
        steps = np.concatenate([block[replica] for _, block in hankel.blocks()], axis=1)
        for begin in range(0, count, height):
            stop = min(begin + height, count)
            yield np.hstack([steps[begin + lag : stop + lag] for lag in range(length)])
