"""From singular triplets to the spectrum: the reduced operator, its modes, and G, A, L."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traindyn.koopman.hankel import Array, Hankel
from traindyn.koopman.ritz import Triplets

Complex = NDArray[np.complex128]
# Eigenvectors worse conditioned than this are taken as defective: their inverse is noise.
DEFECTIVE = 1e14


@dataclass(frozen=True, eq=False)
class Modes:
    """Eigenvalues, residuals and energies (k,); G, A, L (k, k)."""

    eigenvalues: Complex
    residuals: Array
    energies: Array
    G: Array
    A: Array
    L: Array


def modes(hankel: Hankel, triplets: Triplets) -> Modes:
    """The truncated DMD of Z' against Z ≈ U S Vᵀ.

    K = Uᵀ Z' V S⁻¹; residual of (λ, w): |Z'V S⁻¹ w - λ U w| / |w| (Drmač, Mezić & Mohr 2018), taken as the
    norm of that vector, not from squares. Ψ_X = V, Ψ_Y = Z'ᵀ U S⁻¹; G = Ψ_XᵀΨ_X, A = Ψ_XᵀΨ_Y, L = Ψ_YᵀΨ_Y, so
    that K = S Aᵀ S⁻¹.
    """
    left, values, right = _signed(triplets)
    advanced = hankel.image(right, later=1) / values
    observed = hankel.pull(left, later=1) / values
    eigenvalues, vectors = np.linalg.eig(left.T @ advanced)
    eigenvalues, vectors = _sorted(eigenvalues.astype(complex), vectors.astype(complex))
    return Modes(
        eigenvalues,
        np.linalg.norm(advanced @ vectors - (left @ vectors) * eigenvalues, axis=0),
        energies(vectors, values),
        right.T @ right,
        right.T @ observed,
        observed.T @ observed,
    )


def energies(vectors: Complex, values: Array) -> Array:
    """Share of each mode in the squared norm of the snapshots, (k,), summing to 1.

    In the basis U the snapshots are S Vᵀ = W B, with B = W⁻¹ S Vᵀ: mode i carries w_i times row i of B, of
    squared norm |w_i|² (W⁻¹ S² W⁻*)_ii. Modes are not orthogonal, so these are shares of their sum.
    Where W is defective to rounding (condition above 1e14) its pseudo-inverse stands in.
    """
    defective = np.linalg.cond(vectors) > DEFECTIVE
    inverse = np.linalg.pinv(vectors, rcond=1 / DEFECTIVE) if defective else np.linalg.inv(vectors)
    carried = np.linalg.norm(inverse * values, axis=1) ** 2 * np.linalg.norm(vectors, axis=0) ** 2
    return carried / carried.sum()


def _sorted(eigenvalues: Complex, vectors: Complex) -> tuple[Complex, Complex]:
    """|λ| descending, then the real, then the imaginary part descending."""
    order = np.lexsort((-eigenvalues.imag, -eigenvalues.real, -np.abs(eigenvalues)))
    return eigenvalues[order], vectors[:, order] / np.linalg.norm(vectors[:, order], axis=0)


def _signed(triplets: Triplets) -> tuple[Array, Array, Array]:
    """Each pair of singular vectors with the sign that makes the right one's largest entry positive."""
    largest = np.abs(triplets.right).argmax(axis=0)
    sign = np.sign(np.take_along_axis(triplets.right, largest[None], axis=0))
    return triplets.left * sign, triplets.values, triplets.right * sign
