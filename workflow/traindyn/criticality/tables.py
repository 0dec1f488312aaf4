"""Fluctuations -> rows of tables: the power law found, the density, both beside their predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from traindyn.config.criticality import CriticalityPlan
from traindyn.criticality import change_of_variables as predicted
from traindyn.criticality.fluctuations import Fluctuations
from traindyn.criticality.power_law import Criterion, find, lognormal_whole

# Changes so much smaller than the largest are what rounding in double precision leaves of differences.
ROUNDING = 1e-13


def sizes(q: np.ndarray) -> np.ndarray:
    """|q| without what is 0, or 0 to rounding."""
    q = np.abs(q)
    return q[q > ROUNDING * q.max()] if len(q) else q


def exponent_row(fluctuations: Fluctuations, plan: CriticalityPlan) -> dict[str, Any]:
    """A row of the table of exponents.

    kind, variable; samples (all), used (not 0 to rounding); deviation (standard, of q); exponent with its standard
    error, over low ≤ |q| ≤ high (decades), inside (fluctuations there); fit_p, lognormal_p (see `PowerLaw`), whole_p
    (`lognormal_whole`); predicted (exponent over the same range), disagreement (Kolmogorov–Smirnov distance to the
    predicted density there). NaN where no power law is claimed.
    """
    q = sizes(fluctuations.q)
    law = find(q, Criterion(plan.decades, plan.least, plan.level))
    row = {
        "kind": fluctuations.kind,
        "variable": fluctuations.name,
        "samples": len(fluctuations.q),
        "used": len(q),
        "deviation": float(np.std(fluctuations.q)),
        "whole_p": lognormal_whole(q) if len(q) >= 20 and np.ptp(q) else np.nan,
    }
    names = ("exponent", "error", "low", "high", "decades", "inside", "fit_p", "lognormal_p")
    row |= {name: float(getattr(law, name)) if law else np.nan for name in names}
    known = law is not None and bool(fluctuations.curves)
    ends = (law.low, law.high) if law else (np.nan, np.nan)
    row["predicted"] = predicted.exponent(fluctuations.curves, *ends) if known else np.nan
    row["disagreement"] = predicted.disagreement(q, fluctuations.curves, *ends) if known else np.nan
    return row


def density_rows(fluctuations: Fluctuations, plan: CriticalityPlan) -> list[dict[str, Any]]:
    """Rows of the table of densities: of |q| in logarithmic bins.

    kind, variable, low, high (ends of the bin), count, density (of all samples, those at 0 included), predicted (at the
    bin's geometric middle; NaN without a prediction).
    """
    q = sizes(fluctuations.q)
    if not len(q):
        return []
    per_decade = plan.bins_per_decade
    places = np.floor(np.log10(q) * per_decade).astype(int)
    counts = np.bincount(places - places.min())
    edges = 10 ** (np.arange(places.min(), places.max() + 2) / per_decade)
    middles = np.sqrt(edges[1:] * edges[:-1])
    curves = fluctuations.curves
    predictions = predicted.density(curves, middles) if curves else np.full(len(middles), np.nan)
    return [
        {
            "kind": fluctuations.kind,
            "variable": fluctuations.name,
            "low": low,
            "high": high,
            "count": int(count),
            "density": count / (len(fluctuations.q) * (high - low)),
            "predicted": prediction,
        }
        for low, high, count, prediction in zip(edges[:-1], edges[1:], counts, predictions, strict=True)
    ]
