"""Ways from trajectories to a spectrum: (replica, step, weight), group, seed -> Spectrum."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from traindyn.compare import Spectrum
from traindyn.known_answers.pair import Array
from traindyn.koopman import fit

DELAYS, MODES = 8, 10
COMPONENTS = 3  # that quadratic observables are made of
LEAST_MODULUS = 1e-6  # logarithms of smaller ones are rounding

Estimator = Callable[[Array, str, int], Spectrum]


def plain(trajectories: Array, group: str, seed: int) -> Spectrum:
    """Delay-embedded DMD as the paper has it."""
    return _fitted(trajectories, group, seed)


def centred(trajectories: Array, group: str, seed: int) -> Spectrum:
    """The same after subtracting the mean."""
    return _fitted(trajectories, group, seed, centre=True)


def five_modes(trajectories: Array, group: str, seed: int) -> Spectrum:
    """The same with half of the modes."""
    return _fitted(trajectories, group, seed, modes=MODES // 2)


def quadratic(trajectories: Array, group: str, seed: int) -> Spectrum:
    """Extended DMD: of the leading principal components, their squares and products."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    rows = trajectories.reshape(-1, trajectories.shape[-1])
    leading = PCA(min(COMPONENTS, rows.shape[1]), svd_solver="full").fit_transform(rows)
    scaled = StandardScaler().fit_transform(leading)
    observables = PolynomialFeatures(2, include_bias=False).fit_transform(scaled)
    return _fitted(observables.reshape(*trajectories.shape[:2], -1), group, seed)


def rates(spectrum: Spectrum) -> Spectrum:
    """Continuous-time eigenvalues log λ per step in place of λ."""
    moduli = np.maximum(np.abs(spectrum.eigenvalues), LEAST_MODULUS)
    return replace(spectrum, eigenvalues=np.log(moduli) + 1j * np.angle(spectrum.eigenvalues))


def filtered(spectrum: Spectrum) -> Spectrum:
    """The half of the modes with the smallest residuals."""
    kept = spectrum.residuals <= np.median(spectrum.residuals)
    parts = {name: getattr(spectrum, name)[kept] for name in ("eigenvalues", "energies", "residuals")}
    return replace(spectrum, **parts)


def _fitted(trajectories: Array, group: str, seed: int, modes: int = MODES, centre: bool = False) -> Spectrum:
    found = fit(trajectories, DELAYS, modes, centre=centre)
    return Spectrum.of(found, group, seed, 0, trajectories.shape[1])
