"""Delay-embedded DMD by its definitions, to compare with: explicit Hankel matrices, a full SVD."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from scipy.optimize import linear_sum_assignment


def hankel(trajectories, delays, later=0):
    """Z (or Z' with later=1), column by column."""
    trajectories = np.asarray(trajectories, dtype=np.float64)
    count = trajectories.shape[1] - delays - 1
    columns = [one[t + later : t + later + delays + 1].reshape(-1) for one in trajectories for t in range(count)]
    return np.stack(columns, axis=1)


def explicit(trajectories, delays, modes, advanced=None):
    """Spectrum, residuals, energies, G, A, L by the formulas, nothing else."""
    now, next_ = hankel(trajectories, delays), hankel(trajectories if advanced is None else advanced, delays, 1)
    left, values, right = np.linalg.svd(now, full_matrices=False)
    U, s, V = left[:, :modes], values[:modes], right[:modes].T
    K = U.T @ next_ @ V @ np.diag(1 / s)
    eigenvalues, W = np.linalg.eig(K)
    misfits = next_ @ V @ np.diag(1 / s) @ W - (U @ W) * eigenvalues
    residuals = np.linalg.norm(misfits, axis=0) / np.linalg.norm(W, axis=0)
    coefficients = np.linalg.solve(W, U.T @ now)
    carried = np.array([np.linalg.norm(np.outer(W[:, i], coefficients[i])) ** 2 for i in range(len(eigenvalues))])
    psi_x, psi_y = now.T @ U @ np.diag(1 / s), next_.T @ U @ np.diag(1 / s)
    return SimpleNamespace(
        eigenvalues=eigenvalues,
        residuals=residuals,
        energies=carried / carried.sum(),
        singular_values=s,
        psi_x=psi_x,
        psi_y=psi_y,
        G=psi_x.T @ psi_x,
        A=psi_x.T @ psi_y,
        L=psi_y.T @ psi_y,
        K=K,
    )


def matching(a, b):
    """The pairing of two spectra with the least total distance: indices into b, in the order of a."""
    return linear_sum_assignment(np.abs(a[:, None] - b[None]))[1]


def assert_same_spectrum(fit, reference, tolerance=1e-8):
    """Every quantity of a fit equals the reference's; G, A, L up to the signs of singular vectors."""
    order = matching(fit.eigenvalues, reference.eigenvalues)
    close = {"rtol": 0, "atol": tolerance}
    np.testing.assert_allclose(fit.eigenvalues, reference.eigenvalues[order], **close)
    np.testing.assert_allclose(fit.residuals, reference.residuals[order], **close)
    np.testing.assert_allclose(fit.energies, reference.energies[order], **close)
    np.testing.assert_allclose(fit.singular_values, reference.singular_values, rtol=tolerance)
    np.testing.assert_allclose(np.abs(fit.G), np.abs(reference.G), **close)
    np.testing.assert_allclose(np.abs(fit.A), np.abs(reference.A), **close)
    np.testing.assert_allclose(np.abs(fit.L), np.abs(reference.L), **close)


def random_data(replicas=3, steps=40, weights=5, seed=0):
    return np.random.default_rng(seed).standard_normal((replicas, steps, weights))


def training_like(replicas=5, steps=120, weights=12, seed=0):
    """Slow drift around a large static offset, replicas perturbed by 1e-3, step noise, rounded to float32."""
    rng = np.random.default_rng(seed)
    offset = 3 * rng.standard_normal(weights)
    start = offset * (1 + 1e-3 * rng.uniform(-1, 1, (replicas, 1, weights)))
    rates = np.array([0.999, 0.99, 0.96, 0.9, 0.7, 0.5])
    decays = rates[None] ** np.arange(steps)[:, None] - 1
    drift = decays @ (0.5 * rng.standard_normal((len(rates), weights)))
    noise = 1e-2 * rng.standard_normal((steps, weights))
    size = 1 + 1e-2 * rng.standard_normal((replicas, 1, 1))
    return (start + size * (drift + noise)).astype(np.float32)


def nearly_deficient(replicas=4, steps=60, weights=8, seed=0):
    """Six directions of sizes 1 to 1e-6, and noise at 1e-13 in all the others."""
    rng = np.random.default_rng(seed)
    mixing = np.linalg.qr(rng.standard_normal((weights, weights)))[0][:, :6]
    signals = rng.standard_normal((replicas, steps, 6)) * np.logspace(0, -6, 6)
    return signals @ mixing.T + 1e-13 * rng.standard_normal((replicas, steps, weights))


DATA = {"random": random_data, "training": training_like, "deficient": nearly_deficient}


@dataclass
class Plan:
    """What to fit, as a configuration says it."""

    delays: int | None = 2
    delays_times_weights: int | None = None
    modes: int | None = 4
    centre: bool = False
    windows: list[tuple[int, int]] | None = None
    window_length: int | None = None
    window_stride: int | None = None
    parts: int = 0
    components: int | None = None
