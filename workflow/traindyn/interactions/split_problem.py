"""The sparsest split into AND and OR interactions, as a linear programme whose matrices are never made.

With c, the interactions of v when all of it is AND: minimise Σ w|a| + Σ w|o| over a + B o − M q = c, |q| ≤ κ, where a
are AND interactions (of orders ≥ 1), o are OR interactions (of orders ≥ 2: on one variable both are the same effect), q
is what v may be changed by, M is Möbius' transform and (B o)(S) = (−1)^{|S|+1} Σ_{L⊇S} o(L) writes ORs as ANDs. Dual:
maximise cᵀz − κ‖Mᵀz‖₁ over |z| ≤ w, |Bᵀz| ≤ w. All are sums over subsets or supersets.
"""

from __future__ import annotations

import numpy as np

from traindyn.interactions.moebius import moebius, orders, subset_sums, superset_moebius, superset_sums

# There are many optima: c₁x₁ + c₂x₂ may be written as ANDs of one variable each, or with min(c₁, c₂) of the OR and the
# AND of both, at the same Σ|·|. The costs 1 + TILT·(order − 1), and half a TILT more for an OR, choose among them:
# lower orders first, then AND.
TILT = 1e-4


class Split:
    """Operators, costs and normal matrix for n variables.

    Vectors a, z are (2ⁿ − 1,), of all subsets but ∅ (`some`); vectors o are of those of order ≥ 2 (`many`); q as a.
    """

    def __init__(self, variables: int) -> None:
        size = orders(variables)
        self.some, self.many = size >= 1, size >= 2
        self._sign = np.where(size % 2, -1.0, 1.0)
        self.costs_and = (1 + TILT * (size - 1))[self.some]
        self.costs_or = (1 + TILT * (size - 0.5))[self.many]
        S = np.arange(1, len(size))
        self._union, self._common = S[:, None] | S, S[:, None] & S

    def as_and(self, o: np.ndarray) -> np.ndarray:
        """B o: OR interactions as AND interactions."""
        return (-self._sign * superset_sums(self.spread(o, self.many)))[self.some]

    def as_and_transposed(self, z: np.ndarray) -> np.ndarray:
        """Bᵀz."""
        return subset_sums(-self._sign * self.spread(z, self.some))[self.many]

    def moebius(self, q: np.ndarray) -> np.ndarray:
        """M q: AND interactions of q."""
        return moebius(self.spread(q, self.some))[self.some]

    def moebius_transposed(self, z: np.ndarray) -> np.ndarray:
        """Mᵀz."""
        return superset_moebius(self.spread(z, self.some))[self.some]

    def normal_matrix(self, d_and: np.ndarray, d_or: np.ndarray, d_q: np.ndarray | None) -> np.ndarray:
        """diag(d_and) + B diag(d_or) Bᵀ + M diag(d_q) Mᵀ (2ⁿ − 1, 2ⁿ − 1).

        Its entries are sums over the supersets of S∪S', and over the subsets of S∩S': 4ⁿ look-ups, no product.
        """
        matrix = superset_sums(self.spread(d_or, self.many))[self._union]
        if d_q is not None:
            matrix += subset_sums(self.spread(d_q, self.some))[self._common]
        matrix *= self._sign[1:, None]
        matrix *= self._sign[1:]
        matrix[np.diag_indices_from(matrix)] += d_and
        return matrix

    def spread(self, values: np.ndarray, where: np.ndarray) -> np.ndarray:
        """A function (2ⁿ,) of all subsets, 0 elsewhere."""
        found = np.zeros(len(where))
        found[where] = values
        return found
