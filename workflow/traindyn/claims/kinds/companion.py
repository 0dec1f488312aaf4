"""What a companion system found: one column of one of its tables."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from traindyn.claims.finding import Finding, Outcome
from traindyn.claims.quantity import Quantity, Tables
from traindyn.config.companions import COMPANIONS
from traindyn.config.plans import Label, Name
from traindyn.errors import InputError


class Companion(Quantity):
    """Median of a column of a companion system's table, over the rows of a group that have the stated values."""

    tables: ClassVar[tuple[str, ...]] = ()
    rule: ClassVar[str] = (
        "The number is the median over the rows of the group that have the stated values (trainings, as a rule), the "
        "interval from the least to the greatest of them, or of their own intervals. Holds if the whole interval lies "
        "above and below the stated bounds; does not hold if none of it does; undecided otherwise, or where there is "
        "no such row or number."
    )

    kind: Literal["companion"]
    system: Name = Field(description="companion system, as in `stability`")
    table: Name = Field(description="one of its tables, as in `predictions`")
    column: Name = Field(description="column of numbers of the table")
    low: Name | None = Field(None, description="column with the lower ends of the numbers' intervals; null: none")
    high: Name | None = Field(None, description="column with the upper ends; null: none")
    group: Label = Field(description="the group")
    where: dict[Name, float | str] = Field(default_factory=dict, description="column → value that rows must have")
    above: float | None = Field(None, description="bound below it; null: none")
    below: float | None = Field(None, description="bound above it; null: none")

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.system not in COMPANIONS:
            raise ValueError(f"system {self.system!r}: allowed are {', '.join(COMPANIONS)}")
        if self.table not in COMPANIONS[self.system].tables:
            allowed = ", ".join(COMPANIONS[self.system].tables) or "none"
            raise ValueError(f"table {self.table!r} of {self.system}: allowed are {allowed}")
        if self.above is None and self.below is None:
            raise ValueError("needs above or below")
        return self

    def read(self) -> Sequence[str]:
        return (f"{self.system}/{self.table}",)

    def system_named(self) -> str:
        return self.system

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def computed(self) -> str:
        rows = ", ".join([self.group, *(f"{column} = {value}" for column, value in self.where.items())])
        return f"{self.column} of {self.system}/{self.table} ({rows})"

    def expected(self) -> str:
        bounds = (("above", self.above), ("below", self.below))
        return " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)

    def evaluate(self, tables: Tables) -> Finding:
        (name,) = self.read()
        rows = tables[name]
        low_column, high_column = self.low or self.column, self.high or self.column
        for column in ("group", *self.where, self.column, low_column, high_column):
            if column not in rows:
                raise InputError(f"claims: {name} has no column {column}; it has {', '.join(rows.columns)}")
        for column, value in {"group": self.group, **self.where}.items():
            rows = rows[rows[column] == value]
        values = rows[[self.column, low_column, high_column]].to_numpy(dtype=float)
        if not len(values) or np.isnan(values).any():
            return Finding("undecided", "a row has no number" if len(values) else "the table has no such row")
        number, low, high = float(np.median(values[:, 0])), float(values[:, 1].min()), float(values[:, 2].max())
        whole = self._within(low) and self._within(high)
        outcome: Outcome = "holds" if whole else "does not hold" if self._apart(low, high) else "undecided"
        return Finding(outcome, f"{len(values)} row(s)", number, low, high, self._interval(), len(values))

    def _interval(self) -> str:
        return f"{self.low or self.column} to {self.high or self.column}" if self.low or self.high else "of the rows"

    def _apart(self, low: float, high: float) -> bool:
        return (self.above is not None and high <= self.above) or (self.below is not None and low >= self.below)

    def _within(self, value: float) -> bool:
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)
