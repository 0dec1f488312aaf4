"""The distance between two groups at equal seeds."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from traindyn.claims.distances import paired
from traindyn.claims.estimate import mean_estimate
from traindyn.claims.finding import NAN, Finding
from traindyn.claims.published import RULE, PublishedNumber, agreement
from traindyn.claims.quantity import Pair, Quantity, Tables
from traindyn.config.plans import Measure


class Distance(Quantity):
    """Mean over seeds of the distance between two groups at equal seeds (and windows)."""

    tables: ClassVar[tuple[str, ...]] = ("distances",)
    rule: ClassVar[str] = RULE

    kind: Literal["distance"]
    groups: Pair = Field(description="the two groups")
    measure: Measure = Field("wasserstein", description="a measure of the experiment")
    published: PublishedNumber = Field(description="the paper's number, or {mean, sd, seeds}")
    tolerance: Annotated[FiniteFloat, Field(ge=0)] | None = Field(
        None, description="largest difference that still agrees (deterministic runs); null: judged by the interval"
    )

    @model_validator(mode="after")
    def _two_groups(self) -> Self:
        if self.groups[0] == self.groups[1]:
            raise ValueError("groups must be two different ones; within_distance is for one group")
        return self

    def groups_named(self) -> Sequence[str]:
        return self.groups

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def published_number(self) -> float:
        return self.published.mean

    def published_sd(self) -> float:
        return NAN if self.published.sd is None else self.published.sd

    def computed(self) -> str:
        return f"distance {' – '.join(self.groups)} at equal seeds ({self.measure})"

    def expected(self) -> str:
        return self.published.words

    def evaluate(self, tables: Tables) -> Finding:
        found = mean_estimate(paired(tables["distances"], self.measure, *self.groups))
        return agreement(found, self.published, self.tolerance)
