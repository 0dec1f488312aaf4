"""Interactions that are learned under noise on their triggers: what is left of them at a noise level σ².

A mask T triggers the interactions S ⊆ T: J_{T,S} = 1 where it does. If the trigger of S carries noise of variance
2^{|S|}σ², least squares on outputs y finds ŵ = (JᵀJ + 2ⁿ diag c)⁻¹ Jᵀy with c_S = 2^{|S|}σ² in the mean: the higher the
order, the more noise takes of it. The formula is that of Ren et al. as it is remembered (see docs/interactions.md).

Both matrices are Kronecker products over variables: 2⁻ⁿJᵀJ = ⊗[[1, ½], [½, ½]], diag c = σ²⊗[[1, 0], [0, 2]]. One 2 × 2
eigenproblem diagonalises both for every σ², so that all of it costs O(n 2ⁿ).
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from scipy.linalg import eigh

from traindyn.interactions.moebius import subset_sums, superset_sums

# U diagonalises both: Uᵀ [[1, ½], [½, ½]] U = diag(POWERS), Uᵀ [[1, 0], [0, 2]] U = 1.
POWERS, U = eigh([[1.0, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.0, 2.0]])
# σ² that are tried: without noise, and ten to a decade.
GRID = np.concatenate([[0.0], np.logspace(-8, 4, 121)])


def learned(w: np.ndarray, variance: float) -> np.ndarray:
    """ŵ (…, 2ⁿ) for outputs y = J w of interactions w (…, 2ⁿ), and σ² = variance."""
    if variance == 0:
        return w.copy()
    variables = w.shape[-1].bit_length() - 1
    eigenvalues = reduce(np.kron, [POWERS] * variables)
    # Jᵀy = JᵀJ w: sums over subsets, then over supersets.
    moments = superset_sums(subset_sums(w)) / w.shape[-1]
    return _each(U, _each(U.T, moments) / (eigenvalues + variance))


def _each(factor: np.ndarray, f: np.ndarray) -> np.ndarray:
    """(factor ⊗ … ⊗ factor) f of functions (…, 2ⁿ)."""
    variables = f.shape[-1].bit_length() - 1
    for variable in range(variables):
        pairs = f.reshape(-1, 2, 1 << variable)
        f = np.einsum("ij,pjr->pir", factor, pairs).reshape(f.shape)
    return f
