"""One recording → its eigenvalues."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from traindyn.direct.fits import fit_seeds
from traindyn.direct.given import Recordable, seeds_of
from traindyn.errors import InputError
from traindyn.koopman import spectra_table

COLUMNS = ["seed", "mode", "real", "imag", "modulus", "rate", "frequency", "residual", "energy"]


def spectrum_table(
    recording: Recordable,
    *,
    delays: int | None = None,
    modes: int | None = None,
    centre: bool = False,
    log: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """Koopman eigenvalues of a recording, one row for each: λ = real + i·imag, per recorded step.

    Columns beside them: seed, mode (|λ| descending), modulus |λ|, rate log|λ| and frequency arg λ / 2π, both per
    recorded step, residual of the eigenpair, energy (share of the snapshots that the mode carries).

    Args:
        recording: a file or folder as a sheet may name it, or an array (step, weight) or (replica, step, weight).
        delays, modes, centre, log: as in `compare_recordings`.

    Raises:
        InputError: what cannot be read or fitted, with its file; a recording of which every seed diverged.
    """
    label = "array" if isinstance(recording, np.ndarray) else "recording"
    with tempfile.TemporaryDirectory(prefix="traindyn-") as folder:
        groups = seeds_of({label: recording})
        fitted = fit_seeds(groups, Path(folder), log, delays=delays, modes=modes, centre=centre)
        table = spectra_table(fitted.fits)
    if table.empty:
        raise InputError(f"{recording if label == 'recording' else label}: every seed diverged; there is no spectrum")
    values = table["real"].to_numpy() + 1j * table["imag"].to_numpy()
    with np.errstate(divide="ignore"):
        found = table.assign(
            modulus=np.abs(values), rate=np.log(np.abs(values)), frequency=np.angle(values) / (2 * np.pi)
        )
    return found[COLUMNS]
