"""Spectra made up for the tests of `compare`, and fits files of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

from traindyn.compare import Spectrum

OMD = np.array([0.9979, 0.9964, 0.9838, 0.9799, 0.9320, 0.9246, 0.8012, 0.7925, 0.5651, 0.5581])
OGD = np.array([1.0005, 0.9986, 0.9937, 0.9867, 0.9488, 0.9348, 0.8176, 0.7999, 0.5710, 0.5555])
BISECTION = np.array(
    [0.9802, 0.1792 + 0.4664j, 0.1792 - 0.4664j, 0.4398, -0.2070 + 0.2319j, -0.2070 - 0.2319j, 0, 0, 0, 0]
)


def spectrum(eigenvalues, group="a", seed=0, window_start=0, energies=None) -> Spectrum:
    """A spectrum with these eigenvalues; its matrices are those of a diagonal system without residual."""
    eigenvalues = np.asarray(eigenvalues, dtype=np.complex128)
    k = len(eigenvalues)
    A = np.diag(eigenvalues.real)
    energies = np.full(k, 1 / k) if energies is None else np.asarray(energies, dtype=float)
    return Spectrum(
        group=group,
        seed=seed,
        window_start=window_start,
        window_stop=window_start + 10,
        eigenvalues=eigenvalues,
        energies=energies,
        residuals=np.zeros(k),
        G=np.eye(k),
        A=A,
        L=A.T @ A,
    )


def noisy_group(rng, group, centre, seeds, noise, starts=(0,)) -> list[Spectrum]:
    """One group: around the eigenvalues `centre` with independent noise for each seed and window."""
    centre = np.asarray(centre)
    return [
        spectrum(centre + noise * rng.normal(size=centre.shape), group, seed, start)
        for seed in range(seeds)
        for start in starts
    ]


def simulated(rng, group="a", seed=0, k=4, samples=30):
    """A spectrum with its data: Ψ_X and Ψ_Y (samples, k), not whitened, of a noisy linear map."""
    X = rng.normal(size=(samples, k)) @ rng.normal(size=(k, k))
    Y = X @ rng.normal(size=(k, k)) / k + 0.3 * rng.normal(size=(samples, k))
    G, A, L = X.T @ X, X.T @ Y, Y.T @ Y
    eigenvalues = np.linalg.eigvals(np.linalg.solve(G, A)).astype(np.complex128)
    made = spectrum(eigenvalues, group, seed, energies=rng.uniform(0.1, 1, k))
    return replace(made, G=G, A=A, L=L), X, Y


def write_fits(path: Path, spectra: list[Spectrum], parts=None, **changes) -> Path:
    """A fits file as the koopman stage writes it. `changes` replace variables; None leaves one out.

    parts: for each spectrum the part of the replicas it is fitted to, -1 for all; by default all.
    """
    widest = max((s.eigenvalues.size for s in spectra), default=0)

    def padded(arrays, dims):
        shape = (len(spectra),) + (widest,) * dims
        filled = np.full(shape, np.nan)
        for row, array in zip(filled, arrays, strict=True):
            row[tuple(slice(n) for n in array.shape)] = array
        return ("fit", "mode", "mode_b")[: dims + 1], filled

    variables = {
        "seed": ("fit", np.array([s.seed for s in spectra], dtype=np.int64)),
        "window_start": ("fit", np.array([s.window_start for s in spectra], dtype=np.int64)),
        "window_stop": ("fit", np.array([s.window_stop for s in spectra], dtype=np.int64)),
        "resample": ("fit", np.array([-1] * len(spectra) if parts is None else parts, dtype=np.int64)),
        "modes": ("fit", np.array([s.eigenvalues.size for s in spectra], dtype=np.int64)),
        "method": ("fit", np.array(["gram"] * len(spectra), dtype=str)),
        "real": padded([s.eigenvalues.real for s in spectra], 1),
        "imag": padded([s.eigenvalues.imag for s in spectra], 1),
        "residual": padded([s.residuals for s in spectra], 1),
        "energy": padded([s.energies for s in spectra], 1),
        "singular_values": padded([s.energies for s in spectra], 1),
        **{name: padded([getattr(s, name) for s in spectra], 2) for name in "GAL"},
    } | changes
    kept = {name: value for name, value in variables.items() if value is not None}
    group = spectra[0].group if spectra else "none"
    data = xr.Dataset(kept, attrs={"group": group, "experiment": "e", "architecture": "x", "optimizer": "y"})
    numeric = [name for name in data.variables if data[name].dtype.kind in "if" and data[name].size]
    data.to_netcdf(path, engine="h5netcdf", encoding={name: {"fletcher32": True} for name in numeric})
    return path
