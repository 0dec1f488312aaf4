"""The verdict on a pair of groups."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from traindyn.claims.finding import Finding
from traindyn.claims.quantity import Pair, Quantity, Tables
from traindyn.config.plans import Measure


class Verdict(Quantity):
    """The verdict on two groups; the number is the ratio of distances between them to distances within."""

    tables: ClassVar[tuple[str, ...]] = ("verdicts",)
    rule: ClassVar[str] = (
        "Holds if the verdict is the expected one, does not hold if it is the other one, undecided if the verdict is "
        "undecided or a group diverged. The number is the ratio of distances between the groups to distances within "
        "them; level and margin of the verdict are the experiment's (`comparison` in the configuration)."
    )

    kind: Literal["verdict"]
    groups: Pair = Field(description="the two groups")
    measure: Measure = Field("wasserstein", description="a measure of the experiment")
    verdict: Literal["equivalent", "non-conjugate"] = Field(description="the expected verdict")

    def groups_named(self) -> Sequence[str]:
        return self.groups

    def measures(self) -> Sequence[str]:
        return (self.measure,)

    def computed(self) -> str:
        return f"verdict on {' – '.join(self.groups)} ({self.measure})"

    def expected(self) -> str:
        return self.verdict

    def evaluate(self, tables: Tables) -> Finding:
        row = _row(tables["verdicts"], self.measure, self.groups)
        if row is None or pd.isna(row["verdict"]):
            return Finding("undecided", "the table has no verdict on this pair")
        words = f"verdict: {row['verdict']}"
        if row["verdict"] == self.verdict:
            return _finding("holds", words, row)
        contrary = row["verdict"] in ("equivalent", "non-conjugate")
        return _finding("does not hold" if contrary else "undecided", words, row)


def _row(table: pd.DataFrame, measure: str, groups: tuple[str, str]) -> pd.Series | None:
    pairs = zip(table["measure"], table["group_a"], table["group_b"], strict=True)
    found = [i for i, (name, a, b) in enumerate(pairs) if name == measure and {a, b} == set(groups)]
    return table.iloc[found[0]] if found else None


def _finding(outcome: Literal["holds", "does not hold", "undecided"], reason: str, row: pd.Series) -> Finding:
    value, low, high = (float(row[name]) for name in ("ratio", "ratio_low", "ratio_high"))
    interval = "" if pd.isna(low) else f"bootstrap interval over {row['unit']}"
    return Finding(outcome, reason, value, low, high, interval, int(min(row["n_a"], row["n_b"])))
