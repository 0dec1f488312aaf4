"""When a group's dynamics change from one window to the next."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field

from traindyn.claims.finding import Finding
from traindyn.claims.quantity import Quantity, Tables
from traindyn.config.plans import Label, Measure


class Transition(Quantity):
    """Step of the first or last transition between windows of one group."""

    tables: ClassVar[tuple[str, ...]] = ("transitions",)
    rule: ClassVar[str] = (
        "The number is the step of the first (or last) transition that the table of transitions marks. Holds if it is "
        "at most the stated step; does not hold if it is later, or if every window up to there is equivalent to the "
        "one before; undecided if none is marked and one of these verdicts is undecided."
    )

    kind: Literal["transition"]
    group: Label = Field(description="the group")
    measure: Measure = Field("wasserstein", description="a measure of the experiment")
    which: Literal["first", "last"] = Field("first", description="which transition is meant")
    within: Annotated[int, Field(ge=0)] = Field(description="step by which it must have happened")

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def computed(self) -> str:
        return f"step of the {self.which} transition of {self.group} ({self.measure})"

    def expected(self) -> str:
        return f"at most {self.within}"

    def evaluate(self, tables: Tables) -> Finding:
        table = tables["transitions"]
        rows = table[(table["group"] == self.group) & (table["measure"] == self.measure)]
        if rows.empty:
            return Finding("undecided", "the table has no such group and measure")
        steps = sorted(rows.loc[_marked(rows["transition"]), "step"])
        if not steps:
            unclear = (rows.loc[rows["step"] <= self.within, "verdict"] != "equivalent").any()
            reason = "no transition is marked" + (", but a verdict is undecided" if unclear else "")
            return Finding("undecided" if unclear else "does not hold", reason)
        step = float(steps[0] if self.which == "first" else steps[-1])
        reason = f"{len(steps)} transition(s), at step {', '.join(f'{step:g}' for step in steps)}"
        return Finding("holds" if step <= self.within else "does not hold", reason, step)


def _marked(column: "pd.Series[bool]") -> "pd.Series[bool]":
    """True where a transition is marked; a column with gaps comes back from CSV as text."""
    return column.astype(str).str.lower() == "true"
