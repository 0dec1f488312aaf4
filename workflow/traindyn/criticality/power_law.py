"""Is there a power law among fluctuations, over which range, with which exponent?

Candidates are all ranges between points of a grid in ln q. Accepted is one that is wide, holds enough fluctuations,
falls steeply enough, fits by its Kolmogorov–Smirnov distance, and is not better described by a lognormal law; of those
accepted that one is taken that knows its exponent best, of tails if there are any. Clauset, Shalizi & Newman (2009)
choose the lower end of a tail in this spirit; Deluca & Corral (2013) both ends of a truncated power law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from traindyn.criticality.truncated import (
    distance,
    fit_probability,
    fitted_theta,
    lognormal_gain,
    lognormal_probability,
    variance,
)

EDGES_PER_DECADE = 4
MOST_EDGES = 40
# A smooth density that does not vanish at 0 is flat below its scale, over many decades: one that falls less steeply
# than this is not called a power law.
FLAT = 0.25
WHOLE_LEVEL = 0.01


@dataclass(frozen=True)
class Criterion:
    """When a power law is claimed.

    decades, least: fewest decades and fluctuations of its range. level: of the tests that may refuse a range.
    """

    decades: float
    least: int
    level: float


@dataclass(frozen=True)
class PowerLaw:
    """P(q) ∝ q^exponent for low ≤ q ≤ high.

    error: standard error of the exponent, the range being given. inside: fluctuations in the range.
    fit_p, lognormal_p: probabilities, had they this law, of as large a Kolmogorov–Smirnov distance and of as large a
    gain of the lognormal law.
    """

    exponent: float
    error: float
    low: float
    high: float
    inside: int
    fit_p: float
    lognormal_p: float

    @property
    def decades(self) -> float:
        """Width of the range."""
        return float(np.log10(self.high / self.low))


def lognormal_whole(q: np.ndarray) -> float:
    """Probability of the skewness and kurtosis of ln q, had all fluctuations one lognormal law (D'Agostino–Pearson)."""
    return float(stats.normaltest(np.log(q)).pvalue)


def find(q: np.ndarray, criterion: Criterion) -> PowerLaw | None:
    """The power law among positive fluctuations q, or None where none can be claimed.

    None is claimed where a single lognormal law describes all of them, whatever part of it looks straight.
    """
    if len(q) < max(criterion.least, 20) or not np.ptp(q) or lognormal_whole(q) > WHOLE_LEVEL:
        return None
    logs = np.sort(np.log(q))
    accepted = (_accept(logs, *ends, criterion) for ends in _candidates(logs, criterion))
    return next((law for law in accepted if law is not None), None)


def fit(logs: np.ndarray, low: float, high: float) -> PowerLaw:
    """Maximum likelihood between the ends `low` and `high` of sorted logarithms ln q, which are logarithms too."""
    v = _inside(logs, low, high)
    theta = fitted_theta(v.mean())
    return _law(v, theta, low, high, fit_probability(distance(v, theta), len(v), theta))


def _accept(logs: np.ndarray, low: float, high: float, criterion: Criterion) -> PowerLaw | None:
    v = _inside(logs, low, high)
    theta = fitted_theta(v.mean())
    fit_p = fit_probability(distance(v, theta), len(v), theta)
    if fit_p < criterion.level:  # most ranges end here, before the lognormal law is fitted
        return None
    law = _law(v, theta, low, high, fit_p)
    good = law.lognormal_p >= criterion.level and law.exponent + 2 * law.error <= -FLAT
    return law if good else None


def _inside(logs: np.ndarray, low: float, high: float) -> np.ndarray:
    """Those between the ends, as v in [0, 1]."""
    width = high - low
    return (logs[slice(*np.searchsorted(logs, [low, high + 1e-12 * width]))] - low) / width


def _law(v: np.ndarray, theta: float, low: float, high: float, fit_p: float) -> PowerLaw:
    width = high - low
    gain = lognormal_gain(float(v.mean()), float(v @ v) / len(v), theta)
    return PowerLaw(
        exponent=theta / width - 1,
        # Fisher's information of θ in each draw is Var v.
        error=float(1 / (width * np.sqrt(len(v) * variance(theta)))),
        low=float(np.exp(low)),
        high=float(np.exp(high)),
        inside=len(v),
        fit_p=fit_p,
        lognormal_p=lognormal_probability(gain, len(v)),
    )


def _candidates(logs: np.ndarray, criterion: Criterion) -> Iterator[tuple[float, float]]:
    """Ends of ranges that are wide and full enough: tails, which reach the largest of all, then others.

    Of each kind first the one whose exponent has the smallest error, 1/√(count · Var u) whatever the law. Tails come
    first since between a core and a tail there is always a piece that looks straight.
    """
    span = logs[-1] - logs[0]
    count = int(min(MOST_EDGES, EDGES_PER_DECADE * span / np.log(10))) + 2
    edges = np.linspace(logs[0], logs[-1], count)
    places = np.append(np.searchsorted(logs, edges[:-1]), len(logs))
    lower, upper = np.triu_indices(count, 1)
    inside = places[upper] - places[lower]
    wide = (edges[upper] - edges[lower] >= criterion.decades * np.log(10) * (1 - 1e-9)) & (inside >= criterion.least)
    lower, upper, inside = lower[wide], upper[wide], inside[wide]
    sums, squares = (np.append(0.0, np.cumsum((logs - logs.mean()) ** power)) for power in (1, 2))
    first, second = (s[places[upper]] - s[places[lower]] for s in (sums, squares))
    known = second - first**2 / np.maximum(inside, 1)
    for i in np.lexsort((-known, upper < count - 1)):
        yield float(edges[lower[i]]), float(edges[upper[i]])
