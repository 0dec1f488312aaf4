"""The distance between seeds of one group."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, FiniteFloat

from traindyn.claims.distances import within
from traindyn.claims.estimate import pair_estimate
from traindyn.claims.finding import NAN, Finding
from traindyn.claims.published import RULE, PublishedNumber, agreement
from traindyn.claims.quantity import Quantity, Tables
from traindyn.config.plans import Label, Measure


class WithinDistance(Quantity):
    """Mean distance between the seeds of one group: how far apart equal trainings lie."""

    tables: ClassVar[tuple[str, ...]] = ("distances",)
    rule: ClassVar[str] = f"{RULE} The interval takes into account that pairs share seeds (jackknife over seeds)."

    kind: Literal["within_distance"]
    group: Label = Field(description="the group")
    measure: Measure = Field("wasserstein", description="a measure of the experiment")
    published: PublishedNumber = Field(description="the paper's number, or {mean, sd, seeds}")
    tolerance: Annotated[FiniteFloat, Field(ge=0)] | None = Field(
        None, description="largest difference that still agrees; null: judged by the interval"
    )

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def published_number(self) -> float:
        return self.published.mean

    def published_sd(self) -> float:
        return NAN if self.published.sd is None else self.published.sd

    def computed(self) -> str:
        return f"mean distance between all seeds of {self.group} ({self.measure})"

    def expected(self) -> str:
        return self.published.words

    def evaluate(self, tables: Tables) -> Finding:
        found = pair_estimate(within(tables["distances"], self.measure, self.group))
        return agreement(found, self.published, self.tolerance)
