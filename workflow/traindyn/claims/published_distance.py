"""What distances with a published number have in common."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, FiniteFloat

from traindyn.claims.finding import NAN
from traindyn.claims.published import PublishedNumber
from traindyn.claims.quantity import Quantity
from traindyn.config.plans import Measure


class PublishedDistance(Quantity):
    """A distance by one measure, held against the paper's number."""

    tables: ClassVar[tuple[str, ...]] = ("distances",)

    measure: Measure = Field("wasserstein", description="a measure of the experiment")
    published: PublishedNumber = Field(description="the paper's number, or {mean, sd, seeds}")
    tolerance: Annotated[FiniteFloat, Field(ge=0)] | None = Field(
        None, description="largest difference that still agrees (deterministic runs); null: judged by the interval"
    )

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def published_number(self) -> float:
        return self.published.mean

    def published_sd(self) -> float:
        return NAN if self.published.sd is None else self.published.sd

    def expected(self) -> str:
        return self.published.words
