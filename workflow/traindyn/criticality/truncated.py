"""Power laws and lognormal laws between two ends, by maximum likelihood.

Everything is in the logarithm u = ln q on [A, B], brought to v = (u − A) / (B − A) in [0, 1]. A density P(q) ∝ q^κ is
∝ e^{θv} there, with θ = (κ + 1)(B − A): an exponential family for every sign of κ + 1, so that slopes in (−1, 0), whose
density cannot be normalised to infinity, are as good as any. A lognormal density is ∝ e^{θv + cv²} with c < 0: power
laws are its limit c = 0.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1), 0.5 * _WEIGHTS
# Quantiles of (√n + 0.12 + 0.11/√n)·D (Stephens' correction), D the Kolmogorov–Smirnov distance of n draws from e^{θv}
# to the law with the θ that was fitted to them; simulated (40,000 samples of 400 draws each). −θ has the same.
SLOPES = np.array([0.0, 1, 2, 4, 8, 16, 32])
LEVELS = np.array([0.9, 0.5, 0.2, 0.1, 0.05, 0.01, 0.001])
QUANTILES = np.array(
    [
        [0.463, 0.620, 0.755, 0.835, 0.905, 1.047, 1.209],
        [0.465, 0.627, 0.767, 0.852, 0.929, 1.086, 1.285],
        [0.473, 0.641, 0.795, 0.888, 0.971, 1.136, 1.352],
        [0.492, 0.676, 0.845, 0.950, 1.046, 1.235, 1.484],
        [0.505, 0.700, 0.878, 0.990, 1.089, 1.282, 1.540],
        [0.507, 0.699, 0.881, 0.992, 1.092, 1.291, 1.538],
        [0.509, 0.702, 0.882, 0.988, 1.090, 1.286, 1.539],
    ]
)


def mean(theta: np.ndarray | float) -> np.ndarray:
    """E v of the density ∝ e^{θv} on [0, 1]: 1/(1 − e^{−θ}) − 1/θ."""
    theta = np.asarray(theta, dtype=np.float64)
    size = np.maximum(np.abs(theta), 1e-3)
    above = np.where(np.abs(theta) < 1e-3, np.abs(theta) / 12, -1 / np.expm1(-size) - 1 / size - 0.5)
    return 0.5 + np.sign(theta) * above


def variance(theta: np.ndarray | float) -> np.ndarray:
    """Var v of the same density: 1/θ² − 1/(4 sinh²(θ/2))."""
    size = np.maximum(np.abs(np.asarray(theta, dtype=np.float64)), 1e-2)
    small = 1 / 12 - size**2 / 240
    half = np.minimum(size / 2, 300.0)
    return np.where(size < 0.1, small, 1 / size**2 - 0.25 / np.sinh(half) ** 2)


def fitted_theta(average: float) -> float:
    """Maximum-likelihood θ of draws v with this average, 0 < average < 1: the θ whose mean it is."""
    average = float(np.clip(average, 1e-9, 1 - 1e-9))
    return float(optimize.brentq(lambda theta: mean(theta) - average, -1.1 / average, 1.1 / (1 - average), xtol=1e-10))


def distribution(v: np.ndarray, theta: float) -> np.ndarray:
    """P(V ≤ v) of the density ∝ e^{θv}."""
    if abs(theta) < 1e-9:
        return np.asarray(v)
    if theta > 0:  # e^{θ} may overflow
        return np.exp(theta * (v - 1)) * np.expm1(-theta * v) / np.expm1(-theta)
    return np.expm1(theta * v) / np.expm1(theta)


def distance(v: np.ndarray, theta: float) -> float:
    """Kolmogorov–Smirnov distance of sorted draws v to the density ∝ e^{θv}."""
    F, count = distribution(v, theta), len(v)
    ranks = np.arange(count)
    return float(max((F - ranks / count).max(), ((ranks + 1) / count - F).max()))


def fit_probability(found: float, count: int, theta: float) -> float:
    """Probability of a distance at least as large, had the draws the law fitted to them; 0.0005 stands for less."""
    statistic = (np.sqrt(count) + 0.12 + 0.11 / np.sqrt(count)) * found
    quantiles = [np.interp(abs(theta), SLOPES, column) for column in QUANTILES.T]
    return float(np.exp(np.interp(statistic, quantiles, np.log(LEVELS), left=0.0, right=np.log(0.0005))))


def lognormal_gain(average: float, square: float, theta: float) -> float:
    """Gain in log likelihood per draw (≥ 0) of the lognormal law over the power law with the fitted θ.

    average, square: means of v and v². 0 where the draws curve the other way.
    """
    start = np.array([theta, 0.0])
    if _moments(start)[1][1] <= square:
        return 0.0
    target = np.array([average, square])

    def fall(at: np.ndarray) -> tuple[float, np.ndarray]:
        normaliser, moments = _moments(at)
        return normaliser - at @ target, moments - target

    best = optimize.minimize(fall, start, jac=True, method="BFGS", options={"gtol": 1e-7})
    return max(0.0, fall(start)[0] - float(best.fun))


def lognormal_probability(gain: float, count: int) -> float:
    """Probability of such a gain had the draws a power law: likelihood ratio, at the edge of the alternative.

    The curvature of a power law, 0, bounds those of lognormal laws: half of all samples have no gain at all, the others
    a χ² of one degree of freedom (Chernoff 1954).
    """
    return 1.0 if gain <= 0 else 0.5 * float(stats.chi2.sf(2 * count * gain, 1))


def _moments(at: np.ndarray) -> tuple[float, np.ndarray]:
    """Logarithm of the normaliser of e^{θv + cv²}, and E v, E v²."""
    exponent = at[0] * _NODES + at[1] * _NODES**2
    normaliser = special.logsumexp(exponent, b=_WEIGHTS)
    density = _WEIGHTS * np.exp(exponent - normaliser)
    return float(normaliser), np.array([density @ _NODES, density @ _NODES**2])
