"""The paper's swap test: would the distance be as large were matched eigenvalues exchanged?

Redman et al., "Identifying Equivalent Training Dynamics": each matched pair of eigenvalues is swapped between
the two spectra with probability ½ and the distance is taken anew.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from traindyn.compare.spectrum import ComplexArray, FloatArray, IntArray
from traindyn.compare.transport import assignment_costs, ground_costs, optimal_matching

TIE = 1e-12  # relative: sums of the same terms in another order
ENUMERATED = 4096  # exact where the 2^k swaps are at most this many
BATCH = 4096

BoolArray = NDArray[np.bool_]
Matched = tuple[ComplexArray, ComplexArray]


def swap_p(pairs: Sequence[Matched], swaps: int, rng: np.random.Generator) -> float:
    """Share of swaps whose mean distance over the seeds is >= the observed one.

    pairs: for each seed (and window) the eigenvalues (k,), (k,) of a and of b; swaps: how many are sampled
    where 2^k is above 4096 for any of them. NaN where there is no pair or counts differ.

    A swap leaves the cost of the observed matching as it is, so a distance can only fall, and the mean over
    seeds reaches the observed one just where every seed's does. Seeds being swapped independently, the
    enumerated p is the product of the seeds' shares; it is never below Π 2^(1-k). The sampled one counts the
    observed value as one of the swaps: (b + 1) / (swaps + 1).
    """
    if not pairs or any(x.size != y.size for x, y in pairs):
        return float("nan")
    matched = [_matched(x, y) for x, y in pairs]
    if all(2**x.size <= ENUMERATED for x, _ in matched):
        return float(np.prod([np.mean(_reached(pair, _all_masks(pair[0].size))) for pair in matched]))
    together = np.ones(swaps, dtype=bool)
    for pair in matched:
        together &= _reached(pair, rng.random((swaps, pair[0].size)) < 0.5)
    return float((together.sum() + 1) / (swaps + 1))


def _matched(x: ComplexArray, y: ComplexArray) -> Matched:
    """y reordered so that y_i is the partner of x_i in the optimal matching."""
    return x, y[optimal_matching(ground_costs(x, y)[None])[0]]


def _all_masks(k: int) -> BoolArray:
    """Every swap of k pairs, up to exchanging all, which only renames the two spectra: (2^(k-1), k)."""
    return (np.arange(2 ** (k - 1))[:, None] >> np.arange(k)) & 1 == 1


def _reached(pair: Matched, masks: BoolArray) -> BoolArray:
    """For each of m masks (m, k): is the distance after the swap still the observed one (or more)?"""
    x, y = pair
    threshold = np.abs(x - y).mean() * (1 - TIE)
    reached = _whole_clusters(x, y, threshold, masks)
    left = np.flatnonzero(reached)
    for start in range(0, len(left), BATCH):
        batch = left[start : start + BATCH]
        reached[batch] = _swapped(x, y, masks[batch]) >= threshold
    return reached


def _whole_clusters(x: ComplexArray, y: ComplexArray, threshold: float, masks: BoolArray) -> BoolArray:
    """Masks that may reach the observed distance: an assignment is needed for these only.

    If of two pairs one is swapped, x_i may go to x_j and y_i to y_j. Where that is cheaper than both pairs, a mask that
    parts the two cannot reach the threshold; so it must swap all or none of each cluster of such pairs.
    """
    own = np.abs(x - y)
    apart = ground_costs(x, x) + ground_costs(y, y)
    # Half of the tie stays in reserve for sums in another order.
    cheaper = (own.sum() - own[:, None] - own[None, :] + apart) / x.size < threshold * (1 - TIE / 2)
    return (masks == masks[:, _first_of_cluster(cheaper)]).all(axis=1)


def _first_of_cluster(joined: BoolArray) -> IntArray:
    """The first of those that each of k is joined with, at once or by way of others: (k, k) -> (k,)."""
    reached = joined | joined.T | np.eye(len(joined), dtype=bool)
    for _ in range(len(joined).bit_length()):
        reached = reached @ reached  # ways of twice the length
    return reached.argmax(axis=1)


def _swapped(x: ComplexArray, y: ComplexArray, masks: BoolArray) -> FloatArray:
    return assignment_costs(ground_costs(np.where(masks, y, x), np.where(masks, x, y)))
