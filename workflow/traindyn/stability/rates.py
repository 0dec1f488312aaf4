"""Lyapunov exponents beside the rates log|λ| of the Koopman spectra of the same trainings, window by window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

COLUMNS = ["group", "seed", "window_start", "window_stop", "source", "rank", "rate"]
SOURCES = ("Lyapunov", "Koopman")


def rates(exponents: pd.DataFrame, spectra: pd.DataFrame) -> pd.DataFrame:
    """A row per group, seed, window of the spectra, source (SOURCES) and rank (1 is the largest rate).

    Rates are per training step. A Lyapunov exponent is that of replica 0 over the reported steps inside the window;
    windows with fewer than two have no rows, nor have seeds without a spectrum or without exponents. An eigenvalue 0
    has no rate.
    """
    windows = spectra.groupby(["group", "seed", "window_start", "window_stop"])
    followed = dict(iter(exponents[exponents["replica"] == 0].groupby(["group", "seed"])))
    rows = [row for key, own in windows if key[:2] in followed for row in _rows(key, own, followed[key[:2]])]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(key: tuple, spectrum: pd.DataFrame, exponents: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    grown = _growth(exponents, int(key[2]), int(key[3]))
    if grown is None:
        return
    moduli = np.hypot(*spectrum[["real", "imag"]].to_numpy().T)
    for source, values in zip(SOURCES, (grown, np.log(moduli[moduli > 0])), strict=True):
        for rank, rate in enumerate(np.sort(values)[::-1], start=1):
            yield (*key, source, rank, rate)


def _growth(exponents: pd.DataFrame, start: int, stop: int) -> np.ndarray | None:
    """ln of the growth per step (m,) between the first and the last report in [start, stop)."""
    table = exponents.pivot(index="step", columns="index", values="exponent")
    local = exponents.pivot(index="step", columns="index", values="local")
    steps = np.asarray(table.index)
    # Sums since the perturbations' own start, whose step need not be known here.
    every = np.diff(steps).min() if len(steps) > 1 else 0
    sums = np.vstack([np.zeros(table.shape[1]), np.cumsum(local.to_numpy() * every, axis=0)])
    known = np.concatenate([[steps[0] - every], steps])
    inside = np.flatnonzero((known >= start) & (known < stop))
    if len(inside) < 2 or every == 0:
        return None
    first, last = inside[0], inside[-1]
    found = (sums[last] - sums[first]) / (known[last] - known[first])
    return found if np.isfinite(found).all() else None
