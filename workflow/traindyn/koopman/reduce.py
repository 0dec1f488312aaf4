"""Trajectories of many weights in as few coordinates as there are snapshots, with the same spectrum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from traindyn.koopman.hankel import Array, Hankel
from traindyn.koopman.inner_products import InnerProducts
from traindyn.koopman.orthogonal import triangle

# Below this many weights per snapshot the factorisation costs more than it saves.
WORTHWHILE = 2
# Share of the memory bound for one block of weights: the QR holds about four copies of it.
COPIES = 8


def worthwhile(shape: tuple[int, ...]) -> bool:
    """Whether trajectories (replica, step, weight) have clearly more weights than snapshots."""
    replicas, steps, weights = shape
    return weights > WORTHWHILE * replicas * steps


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Delay snapshots in coordinates of their own.

    Attributes:
        hankel: the delay snapshots Z.
        how: a phrase for the log.
        error: 2-norm of what may have changed in the Gram matrix of single snapshots, see `InnerProducts`.
        later: where Z' is taken from, if not from the same trajectories.
    """

    hankel: Hankel
    how: str
    error: float = 0.0
    later: Hankel | None = None


def coordinates(hankel: Hankel, products: InnerProducts) -> Iterator[Coordinates]:
    """The same delay snapshots in few coordinates: by their inner products, then, slower, by a QR of the weights.

    Inner products are squares: whether they keep the digits that a fit needs depends on the fit.
    """
    found, error = products.coordinates()
    how = f", in {found.shape[2]} coordinates by inner products"
    yield Coordinates(replace(hankel, trajectories=found), how, error)
    small = reduced(hankel)
    yield Coordinates(small, f", in the {small.trajectories.shape[2]} coordinates of a QR of the weights")


def reduced(hankel: Hankel) -> Hankel:
    """The same delay snapshots in R·T coordinates in place of D weights, from one pass over blocks of weights.

    The weights of all snapshots, X (D, R·T), have a QR factorisation X = Q C: snapshot x_t is column c_t of C seen
    through Q, and z_t = (x_t, …, x_{t+d}) is (c_t, …, c_{t+d}) seen through d + 1 copies of Q. That is an isometry, so
    the singular values and right vectors of Z, the reduced operator, residuals, energies and G, A, L are those of C's
    delay snapshots. Q is never formed; the error in C is rounding of X, as in a direct SVD of Z. Left singular
    vectors, ten or twenty of length (d + 1)·D, are what this saves the memory of.
    """
    replicas, steps, _ = hankel.trajectories.shape
    narrow = replace(hankel, memory_bytes=max(hankel.memory_bytes // COPIES, 2 * 8 * (replicas * steps) ** 2))
    snapshots = triangle(block.reshape(replicas * steps, -1).T for _, block in narrow.blocks())
    return replace(hankel, trajectories=_trajectories(snapshots, replicas))


def _trajectories(snapshots: Array, replicas: int) -> Array:
    """(coordinate, replica·step) as (replica, step, coordinate)."""
    return snapshots.T.reshape(replicas, -1, len(snapshots))
