"""The paper's distance: Wasserstein-1 between the eigenvalues, each of the same weight.

Redman et al., "Identifying Equivalent Training Dynamics" (NeurIPS 2024); Euclidean metric on the plane.
"""

from collections.abc import Sequence

import numpy as np

from traindyn.compare.network_simplex import transport_cost
from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum
from traindyn.compare.transport import assignment_costs, ground_costs

BATCH = 4096  # cost matrices held at once


def pairwise(spectra: Sequence[Spectrum], pairs: IntArray) -> FloatArray:
    """Wasserstein-1 with uniform weights for each of n pairs: (n, 2) -> (n,).

    Equal counts: the mean cost of the optimal assignment (an extreme point of the transport polytope is a
    permutation). Unequal counts: exact transport, since an assignment that drops points is no distance.
    """
    counts = np.array([spectrum.eigenvalues.size for spectrum in spectra])
    k, l = counts[pairs[:, 0]], counts[pairs[:, 1]]  # noqa: E741
    values = np.empty(len(pairs))
    for count in np.unique(k[k == l]):
        chosen = np.flatnonzero((k == count) & (l == count))
        values[chosen] = _equal(spectra, pairs[chosen])
    for index in np.flatnonzero(k != l):
        values[index] = _unequal(*(spectra[i] for i in pairs[index]))
    return values


def _equal(spectra: Sequence[Spectrum], pairs: IntArray) -> FloatArray:
    needed, positions = np.unique(pairs, return_inverse=True)
    eigenvalues = np.stack([spectra[i].eigenvalues for i in needed])
    positions = positions.reshape(pairs.shape)
    batches = [positions[start : start + BATCH] for start in range(0, len(pairs), BATCH)]
    return np.concatenate([assignment_costs(ground_costs(eigenvalues[b[:, 0]], eigenvalues[b[:, 1]])) for b in batches])


def _unequal(a: Spectrum, b: Spectrum) -> float:
    k, l = a.eigenvalues.size, b.eigenvalues.size  # noqa: E741
    costs = ground_costs(a.eigenvalues, b.eigenvalues)
    return transport_cost(np.full(k, 1 / k), np.full(l, 1 / l), costs)
