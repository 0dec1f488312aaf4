"""The distance between two groups at equal seeds."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from traindyn.claims.distances import paired
from traindyn.claims.estimate import mean_estimate
from traindyn.claims.finding import Finding
from traindyn.claims.published import RULE, agreement
from traindyn.claims.published_distance import PublishedDistance
from traindyn.claims.quantity import Pair, Tables


class Distance(PublishedDistance):
    """Mean over seeds of the distance between two groups at equal seeds (and windows)."""

    rule: ClassVar[str] = RULE

    kind: Literal["distance"]
    groups: Pair = Field(description="the two groups")

    @model_validator(mode="after")
    def _two_groups(self) -> Self:
        if self.groups[0] == self.groups[1]:
            raise ValueError("groups must be two different ones; within_distance is for one group")
        return self

    def groups_named(self) -> Sequence[str]:
        return self.groups

    def computed(self) -> str:
        return f"distance {' – '.join(self.groups)} at equal seeds ({self.measure})"

    def evaluate(self, tables: Tables) -> Finding:
        found = mean_estimate(paired(tables["distances"], self.measure, *self.groups))
        return agreement(found, self.published, self.tolerance)
