"""The distance between seeds of one group."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from traindyn.claims.distances import within
from traindyn.claims.estimate import pair_estimate
from traindyn.claims.finding import Finding
from traindyn.claims.published import RULE, agreement
from traindyn.claims.published_distance import PublishedDistance
from traindyn.claims.quantity import Tables
from traindyn.config.plans import Label


class WithinDistance(PublishedDistance):
    """Mean distance between the seeds of one group: how far apart equal trainings lie."""

    rule: ClassVar[str] = f"{RULE} The interval takes into account that pairs share seeds (jackknife over seeds)."

    kind: Literal["within_distance"]
    group: Label = Field(description="the group")

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def computed(self) -> str:
        return f"mean distance between all seeds of {self.group} ({self.measure})"

    def evaluate(self, tables: Tables) -> Finding:
        found = pair_estimate(within(tables["distances"], self.measure, self.group))
        return agreement(found, self.published, self.tolerance)
