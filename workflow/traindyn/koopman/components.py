"""Trajectories projected to their principal components."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from traindyn.koopman import reduce
from traindyn.koopman.hankel import Array, Hankel


def projected(hankel: Hankel, components: int) -> Hankel:
    """The same delay snapshots, of the weights' leading principal components.

    As the authors do it for the transformer: directions of largest variance of the snapshots x_0 … x_{T-2} of all
    replicas; every snapshot is projected to them as it is, without subtracting the mean that the directions were found
    around (so `centre` stays a choice of its own).

    Args:
        hankel: uncentred snapshots.
        components: number of directions, at most the number of weights and of snapshots.
    """
    narrow = reduce.reduced(hankel) if reduce.worthwhile(hankel.trajectories.shape) else hankel
    values = narrow.values()
    snapshots = values[:, :-1].reshape(-1, values.shape[2])
    scores, _, directions = np.linalg.svd(snapshots - snapshots.mean(axis=0), full_matrices=False)
    return replace(hankel, trajectories=values @ (directions * _signs(scores)[:, None])[:components].T)


def _signs(scores: Array) -> Array:
    """Signs that make the largest entry of each column positive.

    A spectrum does not depend on them, a mispaired one does: this is the convention of scikit-learn before 1.5, which
    the authors' script met, and it does not depend on the coordinates of the weights.
    """
    largest = np.abs(scores).argmax(axis=0)
    return np.sign(np.take_along_axis(scores, largest[None], axis=0))[0]
