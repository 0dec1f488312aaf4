"""One fitted Koopman spectrum, as the measures see it."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]


class Fit(Protocol):
    """What a spectrum has of a fit."""

    @property
    def eigenvalues(self) -> ComplexArray: ...
    @property
    def energies(self) -> FloatArray: ...
    @property
    def residuals(self) -> FloatArray: ...
    @property
    def G(self) -> FloatArray: ...  # noqa: N802
    @property
    def A(self) -> FloatArray: ...  # noqa: N802
    @property
    def L(self) -> FloatArray: ...  # noqa: N802


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The k modes of one fit, and the reduced matrices that measures beyond eigenvalues need.

    group: label of the group (architecture × optimizer, or the user's); seed: the seed, or the number of the
    part where the replicas of one seed were split; window_start, window_stop: training steps, stop exclusive;
    eigenvalues: (k,) per recorded step; energies, residuals: (k,), dimensionless, not negative;
    G = Ψ_X*Ψ_X, A = Ψ_X*Ψ_Y, L = Ψ_Y*Ψ_Y: (k, k), in the k leading coordinates of the fit
    (Colbrook & Townsend, "Rigorous data-driven computation of spectral properties of Koopman operators").
    """

    group: str
    seed: int
    window_start: int
    window_stop: int
    eigenvalues: ComplexArray
    energies: FloatArray
    residuals: FloatArray
    G: FloatArray
    A: FloatArray
    L: FloatArray

    @classmethod
    def of(cls, fit: Fit, group: str, seed: int, window_start: int, window_stop: int) -> Self:
        """The spectrum of a fit in memory; one in a file is read by `read_spectra`."""
        names = ("eigenvalues", "energies", "residuals", "G", "A", "L")
        return cls(group, seed, window_start, window_stop, *(getattr(fit, name) for name in names))

    @property
    def name(self) -> str:
        """The fit in words, for messages."""
        return f"group {self.group}, seed {self.seed}, window from step {self.window_start}"
