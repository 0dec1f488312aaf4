"""The noise level at which theory comes nearest to the measured orders, and how near that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from traindyn.interactions.strengths import salient, shares
from traindyn.interactions.theory import GRID, learned


class Fit(NamedTuple):
    """σ² (of GRID), the shares (n,) that theory gives, and R² of the measured ones: 1 − residual / total squares."""

    variance: float
    shares: np.ndarray
    r2: float


def curves(final: np.ndarray, salience: float) -> np.ndarray:
    """Shares (GRID, n) that theory gives at each σ² for the final interactions (sample, kind, 2ⁿ)."""
    return np.stack([shares(salient(learned(final, float(variance)), salience)) for variance in GRID])


def fit(measured: np.ndarray, predicted: np.ndarray) -> Fit:
    """The nearest of the curves (GRID, n) to the measured shares (n,), by least squares."""
    squares = ((predicted - measured) ** 2).sum(-1)
    nearest = int(np.argmin(squares))
    total = ((measured - measured.mean()) ** 2).sum()
    r2 = 1 - squares[nearest] / total if total > 0 else np.nan
    return Fit(float(GRID[nearest]), predicted[nearest], float(r2))
