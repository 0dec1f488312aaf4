"""Products of a Hankel matrix by fast Fourier transforms along the steps."""

from __future__ import annotations

from math import log2

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Array = NDArray[np.float64]
# Operations of a matrix product made in the time of one butterfly of a transform: 25 Gflop/s against 1 ns.
BUTTERFLY = 25.0


class Spectra:
    """Trajectories (replica, step, weight) by frequency.

    Row l, weight i of Z v is Σ_r Σ_t x_{r,t+l,i} v_{r,t}: a correlation along the steps, for all delays at once, and
    Zᵀ u is one along the delays. Transforms at least as long as the trajectories keep ends from meeting. The error is
    rounding of the largest term, as in a product of matrices.
    """

    def __init__(self, trajectories: Array) -> None:
        self._length = fft.next_fast_len(trajectories.shape[1], real=True)
        by_step = fft.rfft(trajectories, self._length, axis=1)
        self._values = np.ascontiguousarray(by_step.transpose(1, 2, 0))  # (frequency, weight, replica)

    def image(self, columns: Array, lags: int, later: int) -> Array:
        """Z v: columns (replica, snapshot, k) -> (lag, weight, k)."""
        by_frequency = fft.rfft(columns, self._length, axis=1).conj().transpose(1, 0, 2)
        products = fft.irfft(self._values @ by_frequency, self._length, axis=0)
        return products[later : later + lags]

    def pull(self, rows: Array, count: int, later: int) -> Array:
        """Zᵀ u: rows (lag, weight, k) -> (replica, snapshot, k)."""
        by_frequency = fft.rfft(rows, self._length, axis=0).conj()
        products = fft.irfft(self._values.transpose(0, 2, 1) @ by_frequency, self._length, axis=0)
        return products[later : later + count].transpose(1, 0, 2)


def fourier_cost(replicas: int, steps: int, weights: int) -> float:
    """Operations of a matrix product in whose time one product with one column is made."""
    transforms = BUTTERFLY * (replicas + weights) * steps * log2(max(steps, 2))
    return transforms + 8.0 * replicas * weights * steps
