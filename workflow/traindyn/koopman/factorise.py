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
# Beyond this the k-th vector of a product matrix is arbitrary, and the start may miss directions altogether.
BLIND = 1e-2
# Extra vectors in the block: the convergence goes with σ_{q+1}/σ_k.
EXTRA = 10
# Rows·columns·min(rows, columns) up to which a direct SVD takes a fraction of a second.
DIRECT = 4e8


def factorise(hankel: Hankel, modes: int | None) -> tuple[Triplets, str, str]:
    """The leading singular triplets of Z (all where modes is None), the method's name, and why it was chosen.

    Whatever gave the start, the triplets are Rayleigh–Ritz triplets of Z itself, checked by their residual.
    """
    smallest = min(hankel.shape)
    wanted = smallest if modes is None else min(modes, smallest)
    block = min(smallest, wanted + max(EXTRA, wanted))
    replicas, steps, weights = hankel.trajectories.shape
    side = order.cheapest(replicas, steps, weights, hankel.delays, block)
    if side == "krylov":
        return _krylov(hankel, wanted, block)
    start, loss = squared_start(hankel, side, wanted, block)
    if loss <= SQUARED_TOLERANCE:
        found, _ = leading_triplets(hankel, start, wanted, expansions=expansions(hankel, block))
        if found is not None:
            return found, side, f"products keep the digits (loss {loss:.0e})"
    squared = f"products lose digits (loss {min(loss, 1.0):.0e})"
    if direct(hankel):
        return orthogonal.direct_svd(hankel, wanted), "svd", f"{squared}, Z is small"
    if 3 * wanted <= smallest:
        blind = 3 if loss > BLIND else 0
        limit = expansions(hankel, block)
        found, made = leading_triplets(hankel, start, wanted, expansions=limit, at_least=blind)
        if found is not None:
            return found, f"{side}-refined", f"{squared}, Rayleigh-Ritz on Z and {made} block Krylov steps"
        squared += f", {made} block Krylov steps did not converge"
    return *qr(hankel, wanted), squared


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


def _krylov(hankel: Hankel, wanted: int, block: int) -> tuple[Triplets, str, str]:
    """Where both product matrices cost more: block Krylov from a fixed random start."""
    random = np.random.default_rng(0).standard_normal((hankel.shape[1], block))
    start = np.linalg.qr(random)[0]
    limit = expansions(hankel, block)
    found, made = leading_triplets(hankel, start, wanted, expansions=limit, at_least=3)
    if found is not None:
        return found, "krylov", f"product matrices cost more, {made} block Krylov steps"
    if direct(hankel):
        return orthogonal.direct_svd(hankel, wanted), "svd", f"{made} block Krylov steps did not converge"
    return *qr(hankel, wanted), f"{made} block Krylov steps did not converge"


def qr(hankel: Hankel, wanted: int) -> tuple[Triplets, str]:
    """The last resort: a QR in bounded memory along the shorter side."""
    if hankel.shape[0] > hankel.shape[1]:
        return orthogonal.tall_qr(hankel, wanted), "qr-tall"
    return orthogonal.wide_qr(hankel, wanted), "qr-wide"


def direct(hankel: Hankel) -> bool:
    """Whether Z is small enough to write out."""
    rows, columns = hankel.shape
    return rows * columns * min(rows, columns) <= DIRECT


def expansions(hankel: Hankel, block: int) -> int:
    """How many expansions cost about half of a QR: beyond that, refining is a waste."""
    rows, columns = hankel.shape
    per_expansion = 4.0 * rows * columns * block
    return int(np.clip(2.0 * rows * columns * min(rows, columns) / per_expansion, 10, 200))
