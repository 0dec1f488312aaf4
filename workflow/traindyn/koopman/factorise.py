"""Which factorisation of Z: the cheapest that keeps the digits, found out and said in words."""

from __future__ import annotations

import numpy as np

from traindyn.koopman import order, orthogonal
from traindyn.koopman.hankel import Array, Hankel
from traindyn.koopman.leading import leading_eigenpairs
from traindyn.koopman.products import lagged_covariance, lagged_gram
from traindyn.koopman.ritz import EPS, Triplets, leading_triplets

# A product matrix has the squares of the singular values: its rounding eps·σ_1² leaves the k-th singular
# vector the error eps·(σ_1/σ_k)². Up to this it is as good as a direct SVD for spectra compared to 1e-8.
SQUARED_TOLERANCE = 1e-10
# Extra vectors from a product matrix: those wanted are then parted by Z itself.
EXTRA = 10
# Columns of a random start: as few as are safe where a singular value is repeated.
RANDOM_COLUMNS = 4
# Rows·columns·min(rows, columns) up to which a direct SVD takes a fraction of a second, and up to which it takes some
# hundredths of one, at most twice what Krylov vectors of Z take.
DIRECT, SMALLEST = 4e8, 5e7


def factorise(hankel: Hankel, modes: int | None) -> tuple[Triplets, str, str]:
    """The leading singular triplets of Z (all where modes is None), the method's name, and why it was chosen.

    Whatever gave the start, the triplets are those of Z itself, checked by their residual.
    """
    smallest = min(hankel.shape)
    wanted = smallest if modes is None else min(modes, smallest)
    replicas, steps, weights = hankel.trajectories.shape
    side = order.cheapest(replicas, steps, weights, hankel.delays, wanted)
    if side == "krylov":
        return _krylov(hankel, wanted, "product matrices cost more")
    start, loss = squared_start(hankel, side, wanted, min(smallest, wanted + max(EXTRA, wanted)))
    if loss <= SQUARED_TOLERANCE:
        found, _ = leading_triplets(hankel, start, wanted, vectors=most_vectors(hankel, wanted))
        if found is not None:
            return found, side, f"products keep the digits (loss {loss:.0e})"
    squared = f"products lose digits (loss {min(loss, 1.0):.0e})"
    if direct(hankel, SMALLEST):
        return orthogonal.direct_svd(hankel, wanted), "svd", f"{squared}, Z is small"
    if 3 * wanted <= smallest:
        return _krylov(hankel, wanted, squared)
    return _orthogonal(hankel, wanted, squared)


def squared_start(hankel: Hankel, side: str, wanted: int, block: int) -> tuple[Array, float]:
    """Leading right vectors of Z, (columns, block), from a product matrix, and the digits that it lost.

    The loss is eps·σ_1² / (σ_k² - σ_{q+1}²): what lies outside the q > k computed vectors; the k-th is not
    parted from the (k+1)-th by the product matrix but by Rayleigh–Ritz on Z.
    """
    if side == "covariance":
        values, left = leading_eigenpairs(lagged_covariance(hankel), block)
        right = np.linalg.qr(hankel.pull(left))[0]
    else:
        gram = lagged_gram((weights for _, weights in hankel.blocks()), hankel.delays)
        values, right = leading_eigenpairs(gram, block)
    following = values[-1] if block < min(hankel.shape) else 0.0
    gap = values[wanted - 1] - following
    return right, float(EPS * values[0] / gap) if gap > EPS * values[0] else np.inf


def _krylov(hankel: Hankel, wanted: int, reason: str) -> tuple[Triplets, str, str]:
    """Block Krylov from a fixed random start."""
    random = np.random.default_rng(0).standard_normal((hankel.shape[1], RANDOM_COLUMNS))
    limit = most_vectors(hankel, wanted)
    found, made = leading_triplets(hankel, np.linalg.qr(random)[0], wanted, vectors=limit, at_least=2 * wanted)
    if found is not None:
        return found, "krylov", f"{reason}, {made} Krylov vectors"
    return _orthogonal(hankel, wanted, f"{reason}, {made} Krylov vectors did not converge")


def _orthogonal(hankel: Hankel, wanted: int, reason: str) -> tuple[Triplets, str, str]:
    """What keeps the digits whatever Z is."""
    if direct(hankel, DIRECT):
        return orthogonal.direct_svd(hankel, wanted), "svd", f"{reason}, Z is small"
    return *qr(hankel, wanted), reason


def qr(hankel: Hankel, wanted: int) -> tuple[Triplets, str]:
    """The last resort: a QR in bounded memory along the shorter side."""
    if hankel.shape[0] > hankel.shape[1]:
        return orthogonal.tall_qr(hankel, wanted), "qr-tall"
    return orthogonal.wide_qr(hankel, wanted), "qr-wide"


def direct(hankel: Hankel, most: float) -> bool:
    """Whether Z is small enough to write out: rows·columns·min(rows, columns) of at most `most`."""
    rows, columns = hankel.shape
    return rows * columns * min(rows, columns) <= most


def most_vectors(hankel: Hankel, wanted: int) -> int:
    """How many Krylov vectors may be made: more would fill the memory, or cost more than a QR."""
    return int(min(hankel.memory_bytes // (8 * sum(hankel.shape)), max(30 * wanted, 300)))
