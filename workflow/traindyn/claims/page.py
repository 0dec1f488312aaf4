"""The claims as a page of the report."""

import math
from typing import get_args

import pandas as pd

from traindyn.claims.kinds import KINDS
from traindyn.webpage import Cell, heading, page, paragraph, table

LOOKS = {"holds": "good", "does not hold": "bad", "undecided": "open", "not run": "none"}
HEADER = ("claim", "what is computed", "expected", "this run", "this run / published", "outcome", "scale of this run")
INTRODUCTION = (
    "Every claim beside the number that this run gives. An outcome belongs to the scale that was run, which the last "
    "column states; the ratio to the published number says how large a difference is, whatever the outcome."
)


def claims_page(title: str, claims: pd.DataFrame) -> str:
    """The page of a table of judged claims."""
    counts = claims["outcome"].value_counts()
    summary = ", ".join(f"{counts.get(outcome, 0)} {outcome}" for outcome in LOOKS)
    return page(
        f"Claims: {title}",
        paragraph(INTRODUCTION),
        paragraph(f"{len(claims)} claims: {summary}."),
        table(HEADER, [_cells(row) for _, row in claims.iterrows()]),
        heading("How outcomes are decided"),
        table(("kind", "rule"), _rules(claims)),
    )


def _rules(claims: pd.DataFrame) -> list[tuple[str, str]]:
    """Kind → rule, of the kinds in the table."""
    rules = {str(get_args(kind.model_fields["kind"].annotation)[0]): kind.rule for kind in KINDS}
    return [(name, rule) for name, rule in rules.items() if name in set(claims["kind"])]


def _cells(row: pd.Series) -> tuple[Cell | str, ...]:
    return (
        Cell(row["statement"], (f"{row['where']} · {row['claim']}", row["note"])),
        Cell(row["computed"], (f"experiment {row['experiment']}",)),
        row["expected"],
        Cell(_number(row["value"]), (_interval(row), row["interval"]), "number"),
        Cell(_number(row["value_over_published"]), look="number"),
        Cell(row["outcome"], (row["reason"],), LOOKS[row["outcome"]]),
        row["scale"],
    )


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _interval(row: pd.Series) -> str:
    low, high = row["low"], row["high"]
    return "" if math.isnan(low) and math.isnan(high) else f"{_number(low) or '?'} to {_number(high) or '?'}"
