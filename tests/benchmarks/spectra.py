"""Eigenvalues the textbook way, and how far two spectra are apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def delay_snapshots(trajectories: np.ndarray, delays: int) -> np.ndarray:
    """(x_t, …, x_{t+d}) as rows: (replica, step, weight) -> (replica, step - d, (d + 1)·weight)."""
    replicas, steps, _ = trajectories.shape
    windows = sliding_window_view(trajectories, delays + 1, axis=1)
    return windows.transpose(0, 1, 3, 2).reshape(replicas, steps - delays, -1)


def stacked_pairs(trajectories: np.ndarray, delays: int) -> tuple[np.ndarray, np.ndarray]:
    """Z and Z', snapshots of all replicas as columns; no pair straddles two replicas."""
    snapshots = delay_snapshots(trajectories, delays)
    width = snapshots.shape[2]
    return snapshots[:, :-1].reshape(-1, width).T, snapshots[:, 1:].reshape(-1, width).T


def explicit(trajectories: np.ndarray, delays: int, modes: int) -> np.ndarray:
    """eig(Uᵀ Z' V S⁻¹) with the whole SVD of the whole Hankel matrix."""
    now, later = stacked_pairs(trajectories, delays)
    left, values, right = np.linalg.svd(now, full_matrices=False)
    return np.linalg.eigvals(left[:, :modes].T @ later @ right[:modes].T / values[:modes])


def largest_difference(values: Any, reference: Any) -> float:
    """Largest |λ - λ'| over the pairing of two spectra at least total distance."""
    from scipy.optimize import linear_sum_assignment

    costs = np.abs(np.asarray(values)[:, None] - np.asarray(reference)[None])
    return float(costs[linear_sum_assignment(costs)].max())
