"""The rows that distance panel and verdict table share: pairs of groups, then each group by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

FULL_ROW, SHORT_ROW, OWN_ROW = 0.4, 0.175, 0.175  # inches: pair with three lines, with one, group by itself
FULL_ROWS = 10  # up to so many pairs there is room for three lines each


@dataclass(frozen=True)
class Row:
    """One comparison, of a group with itself if ``group_a == group_b``; ``centre``, ``height`` in inches."""

    group_a: str
    group_b: str
    centre: float
    height: float

    @property
    def own(self) -> bool:
        """Whether this row compares a group with itself."""
        return self.group_a == self.group_b

    @property
    def label(self) -> str:
        """Name at the axis."""
        return f"within {self.group_a}" if self.own else f"{self.group_a} – {self.group_b}"


@dataclass(frozen=True)
class Comparisons:
    """All rows from the top down, the height of their panel, and whether cells have room for three lines."""

    rows: tuple[Row, ...]
    height: float
    full: bool

    @property
    def pairs(self) -> tuple[Row, ...]:
        """The rows that compare two groups."""
        return tuple(row for row in self.rows if not row.own)


def comparisons(groups: Sequence[str]) -> Comparisons:
    """Rows for every pair of ``groups`` and for each group by itself."""
    pairs = list(combinations(groups, 2))
    full = len(pairs) <= FULL_ROWS
    rows: list[Row] = []
    top = 0.0
    for group_a, group_b in [*pairs, *((group, group) for group in groups)]:
        height = OWN_ROW if group_a == group_b else FULL_ROW if full else SHORT_ROW
        if group_a == group_b and not any(row.own for row in rows) and rows:
            top += 0.08  # a gap between the two kinds of rows
        rows.append(Row(group_a, group_b, top + height / 2, height))
        top += height
    return Comparisons(tuple(rows), max(top, 0.8), full)


def between(table: pd.DataFrame, row: Row) -> pd.DataFrame:
    """The rows of a distance or verdict table that compare the two groups of ``row``, in either order."""
    a, b = table["group_a"], table["group_b"]
    same = (a == row.group_a) & (b == row.group_b)
    swapped = (a == row.group_b) & (b == row.group_a)
    return table[same | swapped]
