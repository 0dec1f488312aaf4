"""What both halves share: starts, orbits of linear maps, observations."""

import numpy as np
from scipy.linalg import block_diag

from traindyn.known_answers.pair import REPLICAS, SEEDS, Array, Rng


def replicated(rng: Rng, seeds: Array, spread: float) -> Array:
    """Starts (seed, replica, d) from those of the seeds (seed, 1, d): the first as is, the others times 1 ± spread."""
    factors = 1 + spread * rng.uniform(-1, 1, size=(len(seeds), REPLICAS, seeds.shape[-1]))
    factors[:, 0] = 1
    return seeds * factors


def normal_starts(rng: Rng, dimension: int, spread: float) -> Array:
    """Starts (seed, replica, dimension), normal; of infinite spread: every replica has its own."""
    if np.isinf(spread):
        return rng.normal(size=(SEEDS, REPLICAS, dimension))
    return replicated(rng, rng.normal(size=(SEEDS, 1, dimension)), spread)


def orbits(matrix: Array, starts: Array, steps: int) -> Array:
    """x, Mx, M²x, …: (d, d), (…, d) -> (…, steps, d)."""
    found = np.empty((*starts.shape[:-1], steps, starts.shape[-1]))
    found[..., 0, :] = starts
    for step in range(1, steps):
        found[..., step, :] = found[..., step - 1, :] @ matrix.T
    return found


def rotation_blocks(moduli: Array, angles: Array) -> Array:
    """Block-diagonal matrix with eigenvalue m for angle 0 and m·exp(±iθ) for angle θ."""
    return block_diag(*(_block(m, t) for m, t in zip(moduli, angles, strict=True)))


def orthogonal(rng: Rng, rows: int, columns: int | None = None) -> Array:
    """Random matrix (rows, columns) with orthonormal columns; square by default."""
    return np.linalg.qr(rng.normal(size=(rows, columns or rows)))[0]


def observed(rng: Rng, x: Array, noise: float, offset: float = 0.0) -> Array:
    """Every seed about a place of its own, with noise; both in units of the trajectories' standard deviation."""
    scale = np.sqrt(np.mean((x - x.mean(axis=(1, 2), keepdims=True)) ** 2))
    place = offset * rng.normal(size=(len(x), 1, 1, x.shape[-1]))
    return x + scale * (place + noise * rng.normal(size=x.shape))


def _block(modulus: float, angle: float) -> Array:
    if angle == 0:
        return np.array([[modulus]])
    return modulus * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
