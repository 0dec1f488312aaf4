"""The fits file, and the spectra tables made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError
from traindyn.koopman.dmd import Fit
from traindyn.koopman.windows import Window
from traindyn.whole import whole

if TYPE_CHECKING:
    import pandas as pd

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
        path: the HDF5/netCDF4 file to write.
        rows: the fits; none at all is a valid file (every seed diverged).
        attributes: experiment, architecture, optimizer, group.

    Raises:
        InputError: an attribute is missing or unknown, or the file cannot be written.
    """
    if set(attributes) != set(ATTRIBUTES):
        raise InputError(f"{path}: attributes {sorted(attributes)}, expected {sorted(ATTRIBUTES)}")
    content = BytesIO()  # small; a full disk would end HDF5's process
    with h5netcdf.File(content, "w") as file:
        _write(file, rows)
        # Of fixed length: HDF5 keeps other strings on a heap that it does not check, and can hang on a damaged one.
        file.attrs.update({name: np.bytes_(text.encode("ascii")) for name, text in attributes.items()})
    with whole(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def spectra_table(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Spectra of the fits to all replicas of a seed: a row per eigenvalue, as in `spectra.parquet`.

    Raises:
        InputError: a file that is not a readable fits file.
    """
    return _table(paths, resampled=False)


def resampled_table(paths: Iterable[str | Path]) -> pd.DataFrame:
    """The same of the fits to parts of the replicas; `seed` is the number of the part."""
    return _table(paths, resampled=True)


def _write(file: h5netcdf.File, rows: Sequence[Row]) -> None:
    fits = [row.fit for row in rows]
    widest = max((len(fit.eigenvalues) for fit in fits), default=0)
    methods = np.array([fit.method for fit in fits], dtype="S")
    letters = methods.dtype.itemsize
    file.dimensions = {"fit": len(rows), f"string{letters}": letters, "mode": widest, "mode_b": widest}

    def integers(name: str, values: list[int]) -> None:
        _variable(file, name, ("fit",), np.array(values, dtype=np.int64))

    def stacked(name: str, parts: list[NDArray[np.float64]], dimensions: tuple[str, ...]) -> None:
        result = np.full((len(rows), *[widest] * len(dimensions)), np.nan)
        for place, part in enumerate(parts):
            result[place][tuple(slice(size) for size in part.shape)] = part
        _variable(file, name, ("fit", *dimensions), result, fill=np.nan)

    integers("seed", [row.seed for row in rows])
    integers("window_start", [row.window.start for row in rows])
    integers("window_stop", [row.window.stop for row in rows])
    integers("resample", [row.resample for row in rows])
    integers("modes", [len(fit.eigenvalues) for fit in fits])
    # As netCDF keeps texts: a dimension of letters.
    _variable(file, "method", ("fit", f"string{letters}"), methods.view("S1").reshape(len(rows), letters))
    stacked("real", [fit.eigenvalues.real for fit in fits], ("mode",))
    stacked("imag", [fit.eigenvalues.imag for fit in fits], ("mode",))
    stacked("residual", [fit.residuals for fit in fits], ("mode",))
    stacked("energy", [fit.energies for fit in fits], ("mode",))
    stacked("singular_values", [fit.singular_values for fit in fits], ("mode",))
    stacked("G", [fit.G for fit in fits], ("mode", "mode_b"))
    stacked("A", [fit.A for fit in fits], ("mode", "mode_b"))
    stacked("L", [fit.L for fit in fits], ("mode", "mode_b"))


def _variable(
    file: h5netcdf.File, name: str, dimensions: tuple[str, ...], values: NDArray[Any], fill: float | None = None
) -> None:
    """One variable; with a checksum if numeric: HDF5 has none for texts or empty variables."""
    checked = {"fletcher32": True} if values.dtype.kind in "if" and values.size else {}
    variable = file.create_variable(name, dimensions, values.dtype, fillvalue=fill, **checked)
    variable[...] = values


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
    shared, values = _read(path)
    for fit in np.flatnonzero((values["resample"] >= 0) == resampled):
        seed = values["resample" if resampled else "seed"][fit]
        window = {name: values[name][fit] for name in ("window_start", "window_stop")}
        for mode in range(values["modes"][fit]):
            numbers = {name: values[name][fit, mode] for name in ("real", "imag", "residual", "energy")}
            yield {**shared, "seed": seed, **window, "mode": mode, **numbers}


def _read(path: Path) -> tuple[dict[str, str], dict[str, NDArray[Any]]]:
    """Attributes and variables. All are read, since reading compares checksums."""
    try:
        with h5py.File(path) as file:
            texts = {name: file.attrs[name] for name in ATTRIBUTES}
            values = {name: data[...] for name, data in file.items()}
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path}: not a readable fits file ({error})") from error
    return {name: text.decode() if isinstance(text, bytes) else str(text) for name, text in texts.items()}, values
