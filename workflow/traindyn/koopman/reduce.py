"""Trajectories of many weights in fewer coordinates, without losing anything."""

from __future__ import annotations

from dataclasses import replace

from traindyn.koopman.hankel import Array, Hankel
from traindyn.koopman.orthogonal import triangle

# Below this many weights per snapshot the factorisation costs more than it saves.
WORTHWHILE = 2
# Share of the memory bound for one block of weights: the QR holds about four copies of it.
COPIES = 8


def worthwhile(hankel: Hankel) -> bool:
    """Whether there are clearly more weights than snapshots, all replicas' together."""
    replicas, steps, weights = hankel.trajectories.shape
    return weights > WORTHWHILE * replicas * steps


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
