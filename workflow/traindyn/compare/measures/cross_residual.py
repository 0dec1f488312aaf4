"""How well one system carries an eigenfunction with the other's eigenvalues.

The residual of ResDMD (Colbrook & Townsend 2024, CPAM 77), taken at the *other* system's eigenvalues:
min_g ‖Ψ_Y g - λ Ψ_X g‖ / ‖Ψ_X g‖, whose square is g*(L - λA* - λ̄A + |λ|²G)g / g*Gg at its least.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solve_triangular

from traindyn.compare.spectrum import ComplexArray, FloatArray, IntArray, Spectrum
from traindyn.errors import InputError

BATCH_NUMBERS = 2**20  # entries of the k × k matrices held at once


def pairwise(spectra: Sequence[Spectrum], pairs: IntArray) -> FloatArray:
    """min(c(a→b), c(b→a)) with c(a→b) = Σ energy_i(a) res_b(λ_i(a)): (n, 2) pairs -> (n,).

    Energies are scaled to sum 1. The smaller of the two, since a change of coordinates brings products of
    eigenvalues into view on one side only. Not a metric: between equal systems it is their mean residual.
    """
    directed = np.concatenate([pairs, pairs[:, ::-1]])
    costs = np.empty(len(directed))
    order = np.argsort(directed[:, 1], kind="stable")
    targets, starts = np.unique(directed[order, 1], return_index=True)
    for target, rows in zip(targets, np.split(order, starts)[1:], strict=True):
        costs[rows] = _costs_onto(spectra[target], [spectra[source] for source in directed[rows, 0]])
    return np.minimum(costs[: len(pairs)], costs[len(pairs) :])


def residuals(target: Spectrum, values: ComplexArray) -> FloatArray:
    """res_b(λ) of the system b = `target` at each of n complex numbers λ: (n,) -> (n,).

    Known to about 1e-8 · ‖A‖ at best: the root of a difference that cancels to rounding.
    """
    A, L = _whitened(target)
    folded = values.real + 1j * np.abs(values.imag)  # G, A, L are real: λ and its conjugate are alike
    distinct, inverse = np.unique(folded, return_inverse=True)
    real = distinct.imag == 0
    squares = np.empty(len(distinct))
    squares[real] = _smallest(A, L, distinct[real].real)  # real symmetric matrices: the faster solver
    squares[~real] = _smallest(A, L, distinct[~real])
    return np.sqrt(np.maximum(squares, 0.0))[inverse]


def _costs_onto(target: Spectrum, sources: Sequence[Spectrum]) -> FloatArray:
    """c(source → target) for each source."""
    found = residuals(target, np.concatenate([source.eigenvalues for source in sources]))
    shares = np.concatenate([source.energies / source.energies.sum() for source in sources])
    ends = np.cumsum([source.eigenvalues.size for source in sources])
    return np.add.reduceat(shares * found, np.concatenate([[0], ends[:-1]]))


def _whitened(system: Spectrum) -> tuple[FloatArray, FloatArray]:
    """A and L in coordinates in which G is the identity."""
    try:
        root = np.linalg.cholesky(system.G)
    except np.linalg.LinAlgError:
        raise InputError(f"{system.name}: G is not positive definite; fit fewer modes") from None
    A, L = (_congruent(root, matrix) for matrix in (system.A, system.L))
    return A, (L + L.T) / 2


def _congruent(root: np.ndarray, matrix: FloatArray) -> FloatArray:
    """root⁻¹ matrix root⁻ᵀ."""
    half = solve_triangular(root, matrix, lower=True)
    return solve_triangular(root, half.T, lower=True).T


def _smallest(A: FloatArray, L: FloatArray, values: FloatArray | ComplexArray) -> FloatArray:
    """The smallest eigenvalue of L - λA* - λ̄A + |λ|²I for each λ: (n,) -> (n,)."""
    found = np.empty(len(values))
    size = max(1, BATCH_NUMBERS // A.size)
    for start in range(0, len(values), size):
        found[start : start + size] = np.linalg.eigvalsh(_pencils(A, L, values[start : start + size]))[:, 0]
    return found


def _pencils(A: FloatArray, L: FloatArray, values: FloatArray | ComplexArray) -> FloatArray | ComplexArray:
    """L - λA* - λ̄A + |λ|²I for each λ: (n,) -> (n, k, k)."""
    lam = values[:, None, None]
    return L - lam * A.T - lam.conj() * A + np.abs(lam) ** 2 * np.eye(len(A))
