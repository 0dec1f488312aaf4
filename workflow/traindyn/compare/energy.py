"""The energy two-sample test over seeds, by permutation of the labels.

Székely & Rizzo, "Energy statistics" (2013), with within-means over distinct pairs, on any distance matrix.
"""

from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

from traindyn.compare.spectrum import FloatArray

TIE = 1e-12  # relative to the largest distance: sums of the same terms in another order
BATCH = 4096  # labelings held at once


def energy_statistics(D: FloatArray, labels: FloatArray) -> FloatArray:
    """2 mean(between) - mean(within a) - mean(within b) for each of m labelings.

    D: (n, n) symmetric, zero diagonal; labels: (m, n), 1 where a unit belongs to a, 0 where to b, every row
    with the same count >= 2 on either side. Within-means run over distinct pairs.
    """
    n, n_a = len(D), int(labels[0].sum())
    n_b = n - n_a
    towards_a = labels @ D
    within_a = (towards_a * labels).sum(axis=1)
    between = towards_a.sum(axis=1) - within_a
    within_b = D.sum() - within_a - 2 * between
    return 2 * between / (n_a * n_b) - within_a / (n_a * (n_a - 1)) - within_b / (n_b * (n_b - 1))


def permutation_p(D: FloatArray, n_a: int, permutations: int, rng: np.random.Generator) -> float:
    """Probability, were the labels arbitrary, of an energy statistic as large as the observed one.

    D: (n, n) distances of which the first n_a units are a's. All C(n, n_a) labelings where these are at most
    `permutations`: the share >= the observed, which is one of them. Else `permutations` random ones:
    (b + 1) / (permutations + 1). NaN where a side has fewer than 2 units or a distance is missing.
    """
    if min(n_a, len(D) - n_a) < 2 or not np.isfinite(D).all():
        return float("nan")
    observed = energy_statistics(D, (np.arange(len(D)) < n_a).astype(np.float64)[None])[0]
    threshold = observed - TIE * np.abs(D).max()
    if comb(len(D), n_a) <= permutations:
        return float(np.mean(energy_statistics(D, _all_labelings(len(D), n_a)) >= threshold))
    sizes = [min(BATCH, permutations - start) for start in range(0, permutations, BATCH)]
    reached = sum(int(np.sum(energy_statistics(D, _random_labelings(len(D), n_a, m, rng)) >= threshold)) for m in sizes)
    return (reached + 1) / (permutations + 1)


@lru_cache(maxsize=4)  # the same for every pair of a table
def _all_labelings(n: int, n_a: int) -> FloatArray:
    chosen = np.array(list(combinations(range(n), n_a)))
    labels = np.zeros((len(chosen), n))
    np.put_along_axis(labels, chosen, 1.0, axis=1)
    labels.flags.writeable = False
    return labels


def _random_labelings(n: int, n_a: int, m: int, rng: np.random.Generator) -> FloatArray:
    labels = np.zeros((m, n))
    labels[:, :n_a] = 1.0
    return rng.permuted(labels, axis=1)
