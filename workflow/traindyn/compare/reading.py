"""Fits files -> spectra."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from traindyn.compare.spectrum import FloatArray, Spectrum
from traindyn.errors import InputError

DIMS = {
    **dict.fromkeys(("seed", "window_start", "window_stop", "resample", "modes"), ("fit",)),
    **dict.fromkeys(("real", "imag", "residual", "energy"), ("fit", "mode")),
    **dict.fromkeys(("G", "A", "L"), ("fit", "mode", "mode_b")),
}

# G and L are Gram matrices: asymmetry beyond the rounding of their products is damage.
SYMMETRY_TOLERANCE = 1e-6


def read_spectra(paths: Iterable[str | Path], resampled: bool = False) -> list[Spectrum]:
    """The spectra in fits files, in the order (group as first met in `paths`, seed, window_start).

    By default the fits to all replicas of a seed; with `resampled` the fits to disjoint parts of a single
    seed's replicas, whose `seed` is then the number of the part.
    Raises InputError, naming the file, where one is missing, damaged, ill-shaped or repeats a fit.
    """
    order: dict[str, int] = {}
    spectra: dict[tuple[int, int, int], Spectrum] = {}
    for path in map(Path, paths):
        arrays, group = _load(path)
        rank = order.setdefault(group, len(order))
        for fit in np.flatnonzero((arrays["resample"] >= 0) == resampled):
            spectrum = _spectrum(path, arrays, group, int(fit), "resample" if resampled else "seed")
            key = (rank, spectrum.seed, spectrum.window_start)
            if key in spectra:
                raise InputError(f"{path}: a second fit of {spectrum.name}; each may occur once")
            spectra[key] = spectrum
    return [spectra[key] for key in sorted(spectra)]


def _load(path: Path) -> tuple[dict[str, Any], str]:
    """Every variable of a fits file in memory, with its dimensions checked, and the group's label."""
    if not path.is_file():
        raise InputError(f"{path}: no such fits file; write it with the koopman stage")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            loaded = data.load()
    except Exception as error:  # damage can surface as any exception, from any layer under xarray
        raise InputError(f"{path}: damaged or not a fits file ({error}); allowed is a readable netCDF4 file") from error
    for variable, dims in DIMS.items():
        if variable not in loaded.variables:
            raise InputError(f"{path}: variable {variable} is missing; needed are {', '.join(DIMS)}")
        if loaded[variable].dims != dims or loaded[variable].dtype.kind not in "iuf":
            raise InputError(f"{path}: variable {variable} must be real numbers with dimensions {dims}")
    if not isinstance(loaded.attrs.get("group"), str):
        raise InputError(f"{path}: attribute group is missing; a text is needed")
    if loaded.sizes["mode"] != loaded.sizes["mode_b"]:
        raise InputError(f"{path}: dimensions mode and mode_b must have the same length")
    return {variable: loaded[variable].to_numpy() for variable in DIMS}, loaded.attrs["group"]


def _spectrum(path: Path, arrays: Mapping[str, Any], group: str, fit: int, seed_from: str) -> Spectrum:
    """The fit at position `fit`, without its padding."""
    k, most = int(arrays["modes"][fit]), arrays["real"].shape[1]
    if not 1 <= k <= most:
        raise InputError(f"{path}: fit {fit} has {k} modes; allowed are 1 to {most}")
    real, imag, residual, energy = (arrays[name][fit, :k] for name in ("real", "imag", "residual", "energy"))
    spectrum = Spectrum(
        group=group,
        seed=int(arrays[seed_from][fit]),
        window_start=int(arrays["window_start"][fit]),
        window_stop=int(arrays["window_stop"][fit]),
        eigenvalues=real + 1j * imag,
        energies=energy.astype(np.float64),
        residuals=residual.astype(np.float64),
        **{name: arrays[name][fit, :k, :k].astype(np.float64) for name in ("G", "A", "L")},
    )
    _check(path, spectrum)
    return spectrum


def _check(path: Path, spectrum: Spectrum) -> None:
    """Raise InputError where the numbers cannot be those of a fit."""
    for name in ("eigenvalues", "energies", "residuals", "G", "A", "L"):
        if not np.isfinite(getattr(spectrum, name)).all():
            raise InputError(f"{path}: {name} of {spectrum.name} hold NaN or Inf; all modes must be finite")
    for name in ("energies", "residuals"):
        if (getattr(spectrum, name) < 0).any():
            raise InputError(f"{path}: {name} of {spectrum.name} are negative; they must be >= 0")
    if not spectrum.energies.sum() > 0:
        raise InputError(f"{path}: energies of {spectrum.name} are all zero; one mode must carry energy")
    for name in ("G", "L"):
        if not _symmetric(getattr(spectrum, name)):
            raise InputError(f"{path}: {name} of {spectrum.name} is not symmetric; a Gram matrix is needed")


def _symmetric(matrix: FloatArray) -> bool:
    return bool(np.abs(matrix - matrix.T).max() <= SYMMETRY_TOLERANCE * np.abs(matrix).max())
