"""The fits file, and the spectra tables made from it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.koopman.dmd import Fit
from traindyn.koopman.windows import Window

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ATTRIBUTES = ("experiment", "architecture", "optimizer", "group")
COLUMNS = (*ATTRIBUTES, "seed", "window_start", "window_stop", "mode", "real", "imag", "residual", "energy")


@dataclass(frozen=True, eq=False)
class Row:
    """One fit of a recording: which seed, window and part of the replicas (resample; -1 is all of them)."""

    seed: int
    window: Window
    resample: int
    fit: Fit


def write_fits(path: str | Path, rows: Sequence[Row], attributes: Mapping[str, str]) -> None:
    """Write a fits file, whole or not at all; NaN where a fit has fewer modes than the widest.

    Args:
        path: the HDF5/netCDF4 file to write; its folder must exist.
        rows: the fits; none at all is a valid file (every seed diverged).
        attributes: experiment, architecture, optimizer, group.

    Raises:
        InputError: an attribute is missing or unknown.
    """
    if set(attributes) != set(ATTRIBUTES):
        raise InputError(f"{path}: attributes {sorted(attributes)}, expected {sorted(ATTRIBUTES)}")
    path = Path(path)
    # Strings of fixed length: HDF5 keeps others on a heap that it does not check, and can hang on a damaged one.
    dataset = _dataset(rows).assign_attrs({name: np.bytes_(text.encode("ascii")) for name, text in attributes.items()})
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        dataset.to_netcdf(temporary, engine="h5netcdf", encoding=_checksums(dataset))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def spectra_table(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Spectra of the fits to all replicas of a seed: a row per eigenvalue, as in `spectra.parquet`.

    Raises:
        InputError: a file that is not a readable fits file.
    """
    return _table(paths, resampled=False)


def resampled_table(paths: Iterable[str | Path]) -> pd.DataFrame:
    """The same of the fits to parts of the replicas; `seed` is the number of the part."""
    return _table(paths, resampled=True)


def _dataset(rows: Sequence[Row]) -> xr.Dataset:
    import xarray as xr

    widest = max((len(row.fit.eigenvalues) for row in rows), default=0)
    vector, matrix = ("fit", "mode"), ("fit", "mode", "mode_b")

    def stacked(parts: list[NDArray[np.float64]], dims: int) -> NDArray[np.float64]:
        result = np.full((len(rows), *[widest] * dims), np.nan)
        for place, part in enumerate(parts):
            result[place][tuple(slice(size) for size in part.shape)] = part
        return result

    def integers(values: list[int]) -> tuple[str, NDArray[np.int64]]:
        return "fit", np.array(values, dtype=np.int64)

    fits = [row.fit for row in rows]
    return xr.Dataset(
        {
            "seed": integers([row.seed for row in rows]),
            "window_start": integers([row.window.start for row in rows]),
            "window_stop": integers([row.window.stop for row in rows]),
            "resample": integers([row.resample for row in rows]),
            "modes": integers([len(fit.eigenvalues) for fit in fits]),
            "method": ("fit", np.array([fit.method for fit in fits], dtype="S")),
            "real": (vector, stacked([fit.eigenvalues.real for fit in fits], 1)),
            "imag": (vector, stacked([fit.eigenvalues.imag for fit in fits], 1)),
            "residual": (vector, stacked([fit.residuals for fit in fits], 1)),
            "energy": (vector, stacked([fit.energies for fit in fits], 1)),
            "singular_values": (vector, stacked([fit.singular_values for fit in fits], 1)),
            "G": (matrix, stacked([fit.G for fit in fits], 2)),
            "A": (matrix, stacked([fit.A for fit in fits], 2)),
            "L": (matrix, stacked([fit.L for fit in fits], 2)),
        }
    )


def _checksums(dataset: xr.Dataset) -> dict[str, dict[str, bool]]:
    """fletcher32 on every numeric variable; HDF5 has none for varying strings or empty variables."""
    numeric = [name for name, data in dataset.variables.items() if data.dtype.kind in "if" and data.size]
    return {str(name): {"fletcher32": True} for name in numeric}


def _table(paths: Iterable[str | Path], *, resampled: bool) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, list[object]] = {name: [] for name in COLUMNS}
    for path in paths:
        for record in _records(Path(path), resampled):
            for name in COLUMNS:
                columns[name].append(record[name])
    kinds = dict.fromkeys(ATTRIBUTES, "object") | dict.fromkeys(COLUMNS[4:8], "int64")
    return pd.DataFrame({name: pd.Series(columns[name], dtype=kinds.get(name, "float64")) for name in COLUMNS})


def _records(path: Path, resampled: bool) -> Iterable[dict[str, object]]:
    fits = _read(path)
    for index in range(fits.sizes["fit"]):
        one = fits.isel(fit=index)
        part = int(one["resample"])
        if (part >= 0) != resampled:
            continue
        shared = {name: str(fits.attrs[name]) for name in ATTRIBUTES}
        seed = part if resampled else int(one["seed"])
        window = {name: int(one[name]) for name in ("window_start", "window_stop")}
        for mode in range(int(one["modes"])):
            values = {name: float(one[name][mode]) for name in ("real", "imag", "residual", "energy")}
            yield {**shared, "seed": seed, **window, "mode": mode, **values}


def _read(path: Path) -> xr.Dataset:
    import xarray as xr

    try:
        return xr.load_dataset(path, engine="h5netcdf")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable fits file ({error})") from error
