"""Fits files -> spectra."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from traindyn.compare.spectrum import FloatArray, Spectrum
from traindyn.errors import InputError

# Numbers of dimensions, of (fit, mode, mode).
DIMENSIONS = {
    **dict.fromkeys(("seed", "window_start", "window_stop", "resample", "modes"), 1),
    **dict.fromkeys(("real", "imag", "residual", "energy"), 2),
    **dict.fromkeys(("G", "A", "L"), 3),
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
        with h5py.File(path, "r") as file:
            _check_layout(path, file)
            arrays = {name: file[name][...] for name in DIMENSIONS}
            group = file.attrs["group"]
            return arrays, group.decode() if isinstance(group, bytes) else group
    except InputError:
        raise
    except Exception as error:  # HDF5 answers damage with errors of many kinds
        raise InputError(f"{path}: damaged or not a fits file ({error}); allowed is a readable netCDF4 file") from error


def _check_layout(path: Path, file: h5py.File) -> None:
    """Raise InputError where a variable or the group's label is missing, of another kind or of another shape."""
    for name in DIMENSIONS:
        if name not in file:
            raise InputError(f"{path}: variable {name} is missing; needed are {', '.join(DIMENSIONS)}")
    # By shape: HDF5 keeps names of dimensions on an unchecked heap, and can hang on a damaged one.
    fits, modes = file["modes"].shape[0], file["real"].shape[-1]
    for name, dimensions in DIMENSIONS.items():
        shape = (fits, modes, modes)[:dimensions]
        if file[name].shape != shape or file[name].dtype.kind not in "iuf":
            raise InputError(f"{path}: variable {name} must be real numbers of shape {shape}, fit × mode × mode")
    if not isinstance(file.attrs.get("group"), (str, bytes)):
        raise InputError(f"{path}: attribute group is missing; a text is needed")


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
