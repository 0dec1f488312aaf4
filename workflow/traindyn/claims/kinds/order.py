"""One distance larger than another."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from traindyn.claims.distances import paired
from traindyn.claims.estimate import LEVEL, mean_estimate
from traindyn.claims.finding import Finding
from traindyn.claims.quantity import Pair, Quantity, Tables
from traindyn.config.plans import Measure


class Order(Quantity):
    """Mean over seeds of the difference of two distances, each between two groups at equal seeds."""

    tables: ClassVar[tuple[str, ...]] = ("distances",)
    rule: ClassVar[str] = (
        f"The number is the difference of the two distances, seed by seed. Holds if its {LEVEL:.0%} interval lies "
        "above 0, does not hold if it lies below, undecided if it contains 0 or there are too few seeds for one."
    )

    kind: Literal["order"]
    larger: Pair = Field(description="the two groups with the larger distance")
    smaller: Pair = Field(description="the two groups with the smaller distance")
    measure: Measure = Field("wasserstein", description="a measure of the experiment")

    def groups_named(self) -> Sequence[str]:
        return (*self.larger, *self.smaller)

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def computed(self) -> str:
        larger, smaller = (" – ".join(pair) for pair in (self.larger, self.smaller))
        return f"distance {larger} minus distance {smaller}, seed by seed ({self.measure})"

    def expected(self) -> str:
        return "above 0"

    def evaluate(self, tables: Tables) -> Finding:
        larger, smaller = (paired(tables["distances"], self.measure, *pair) for pair in (self.larger, self.smaller))
        found = mean_estimate(larger - smaller)
        # Comparisons with NaN, where there are too few seeds for an interval, are false.
        if abs(found.mean) > found.half_width:
            above = found.mean > 0
            side = "above" if above else "below"
            return found.finding("holds" if above else "does not hold", f"the interval lies {side} 0")
        few = math.isnan(found.half_width)
        return found.finding("undecided", "too few seeds for an interval" if few else "the interval contains 0")
