"""Densities that follow from one-dimensional maps q(s) of data with density p(s): P(q) = Σ p(s_i) / |q'(s_i)|."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traindyn.criticality.truncated import fitted_theta

PER_BIN = 50  # samples of a bin of the data's density
LEVELS = 400  # of q, between the ends of a range


@dataclass(frozen=True)
class Curve:
    """A map q(s) with its slope q'(s) and the density p(s) of the data, at rising places s (place,).

    share: part of the data that takes this curve.
    """

    s: np.ndarray
    q: np.ndarray
    slope: np.ndarray
    density: np.ndarray
    share: float = 1.0


def data_density(samples: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Density of samples (sample,) at places: a histogram whose bins hold as many samples each, 0 outside of them."""
    bins = max(1, len(samples) // PER_BIN)
    edges = np.unique(np.quantile(samples, np.linspace(0, 1, bins + 1)))
    if len(edges) < 2:
        return np.zeros_like(places)
    density = np.histogram(samples, edges, density=True)[0]
    bin_of = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, len(density) - 1)
    return np.where((places >= edges[0]) & (places <= edges[-1]), density[bin_of], 0.0)


def density(curves: Sequence[Curve], levels: np.ndarray) -> np.ndarray:
    """Density of |q| at these levels (level,): over all curves, signs of q and places where it meets them."""
    return np.sum([c.share * (_one(c, levels) + _one(c, -levels)) for c in curves], axis=0)


def exponent(curves: Sequence[Curve], low: float, high: float) -> float:
    """d ln P / d ln q over low ≤ q ≤ high: that of the power law which maximum likelihood fits to the density there.

    NaN where the density leaves a tenth of the range, in ln q, empty.
    """
    edges = np.linspace(np.log(low), np.log(high), LEVELS + 1)
    levels = np.exp(0.5 * (edges[1:] + edges[:-1]))
    mass = density(curves, levels) * levels
    if (mass > 0).mean() < 0.9:
        return float("nan")
    v = (np.arange(LEVELS) + 0.5) / LEVELS
    return fitted_theta(float(mass @ v / mass.sum())) / float(np.log(high / low)) - 1


def disagreement(q: np.ndarray, curves: Sequence[Curve], low: float, high: float) -> float:
    """Largest difference of the distribution functions of q in [low, high] and of the predicted density there."""
    edges = np.linspace(np.log(low), np.log(high), LEVELS + 1)
    levels = np.exp(0.5 * (edges[1:] + edges[:-1]))
    mass = density(curves, levels) * levels
    inside = np.sort(np.log(q[(q >= low) & (q <= high)]))
    if not mass.sum() or not len(inside):
        return float("nan")
    predicted = np.append(0.0, np.cumsum(mass)) / mass.sum()
    measured = np.searchsorted(inside, edges, side="right") / len(inside)
    return float(np.abs(predicted - measured).max())


def _one(curve: Curve, levels: np.ndarray) -> np.ndarray:
    """p / |q'| summed over the places where the curve crosses each level, by interpolation between its places."""
    found = np.zeros(len(levels))
    above = curve.q[None, :] > levels[:, None]
    row, left = np.nonzero(above[:, 1:] != above[:, :-1])
    step = curve.q[left + 1] - curve.q[left]
    part = (levels[row] - curve.q[left]) / step
    slope = np.abs((1 - part) * curve.slope[left] + part * curve.slope[left + 1])
    p = np.where(part < 0.5, curve.density[left], curve.density[left + 1])
    # At a turning point between two places the slope may vanish: the mean slope of the interval stands in for it.
    slope = np.maximum(slope, 0.5 * np.abs(step) / (curve.s[left + 1] - curve.s[left]))
    np.add.at(found, row, p / slope)
    return found
