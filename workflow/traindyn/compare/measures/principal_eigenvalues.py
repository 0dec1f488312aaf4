"""Distance between the eigenvalues that a change of coordinates cannot bring in or take away.

Seen through a smooth invertible map a system keeps its principal eigenvalues, and products of them come into view
(Mohr & Mezić 2016, "Koopman principle eigenfunctions and linearization of diffeomorphisms"). So an eigenvalue may be
explained by the other system, or as a product of stronger ones of its own.
"""

from collections.abc import Sequence

import numpy as np

from traindyn.compare.spectrum import ComplexArray, FloatArray, IntArray, Spectrum

BATCH_NUMBERS = 2**20  # entries of the k × k matrices held at once
# Truncated fits in other coordinates find other numbers too, by so little that seeds seldom hide it: what the known
# answers (traindyn.known_answers, the half to choose by) ask of the ratio before systems are called different.
LEAST_RATIO = 1.15
STRONGER = 1 + 1e-6  # conjugate eigenvalues carry the same energy up to rounding: neither is the stronger


def pairwise(spectra: Sequence[Spectrum], pairs: IntArray) -> FloatArray:
    """√(c(a→b) c(b→a)) with c(a→b) = Σ_i w_i min(d_i, p_i): (n, 2) pairs -> (n,).

    d_i: distance of a's λ_i to the nearest eigenvalue of b; p_i: to the nearest product of two eigenvalues of a with
    more energy than λ_i; w_i: roots of the energies, scaled to sum 1. Per recorded step. Not a metric: a system is
    at no distance from one that it is a part of.
    """
    values, explained, weights = _padded(spectra)
    costs = np.empty((2, len(pairs)))
    size = max(1, BATCH_NUMBERS // max(1, values.shape[1]) ** 2)
    for start in range(0, len(pairs), size):
        part = slice(start, start + size)
        for side, (a, b) in enumerate((pairs[part].T, pairs[part, ::-1].T)):
            nearest = np.abs(values[a][:, :, None] - values[b][:, None, :]).min(axis=2)
            costs[side, part] = (weights[a] * np.minimum(nearest, explained[a])).sum(axis=1)
    return np.sqrt(costs.prod(axis=0))


def product_distances(values: ComplexArray, energies: FloatArray) -> FloatArray:
    """|λ_i - λ_j λ_l| at its least over j, l with more energy than i: (k,), (k,) -> (k,); inf where there are none."""
    found = np.full(len(values), np.inf)
    for i, value in enumerate(values):
        stronger = values[energies > STRONGER * energies[i]]
        if stronger.size:
            found[i] = np.abs(value - np.multiply.outer(stronger, stronger)).min()
    return found


def _padded(spectra: Sequence[Spectrum]) -> tuple[ComplexArray, FloatArray, FloatArray]:
    """Eigenvalues, distances to own products and weights of n spectra: (n, k) each.

    Where there are fewer than k modes, the first stands again in the missing places, with a weight of 0.
    """
    shape = (len(spectra), max((each.eigenvalues.size for each in spectra), default=0))
    values = np.zeros(shape, dtype=np.complex128)
    explained, weights = np.zeros((2, *shape))
    for row, each in enumerate(spectra):
        modes = slice(each.eigenvalues.size)
        values[row] = each.eigenvalues[0]
        values[row, modes] = each.eigenvalues
        explained[row, modes] = product_distances(each.eigenvalues, each.energies)
        weights[row, modes] = np.sqrt(each.energies) / np.sqrt(each.energies).sum()
    return values, explained, weights
