"""A mean over seeds with its standard error."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import

from traindyn.claims.finding import NAN, Finding, Outcome

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """mean: over n seeds; error: its standard error, NaN where n is too small to tell."""

    mean: float
    error: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the t interval at `LEVEL` with n - 1 degrees of freedom."""
        return float(stdtrit(self.n - 1, (1 + LEVEL) / 2)) * self.error if math.isfinite(self.error) else NAN

    def finding(self, outcome: Outcome, reason: str) -> Finding:
        """The mean with its interval as a finding."""
        if not math.isfinite(self.error):
            return Finding(outcome, reason, self.mean, n=self.n)
        low, high = self.mean - self.half_width, self.mean + self.half_width
        return Finding(outcome, reason, self.mean, low, high, f"{LEVEL:.0%} t interval over seeds", self.n)


def mean_estimate(values: "pd.Series[float]") -> Estimate:
    """Of independent values, one per seed; NaN (a seed without one) is left out."""
    found = values.dropna()
    n = len(found)
    error = float(found.std(ddof=1)) / math.sqrt(n) if n > 1 else NAN
    return Estimate(float(found.mean()) if n else NAN, error, n)


def pair_estimate(distances: NDArray[np.float64]) -> Estimate:
    """Of the distances between all pairs of n seeds, (n, n) symmetric.

    Pairs that share a seed are not independent: the standard error is the jackknife's over seeds, as for any
    U-statistic (Arvesen, Ann. Math. Stat. 1969).
    """
    n = len(distances)
    if n < 2:
        return Estimate(NAN, NAN, n)
    total, of_seed = distances.sum(), distances.sum(axis=1)
    mean = float(total / (n * (n - 1)))
    if n < 3:
        return Estimate(mean, NAN, n)
    without = (total - 2 * of_seed) / ((n - 1) * (n - 2))
    return Estimate(mean, math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum())), n)
