"""What the matrix of verdicts shows, under it."""

from collections.abc import Iterable

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.patches import Patch

from traindyn.plotting.page import LINE, Page, wrapped
from traindyn.plotting.style import PAGE_WIDTH
from traindyn.plotting.tables import Tables
from traindyn.plotting.verdict_matrix import Layout
from traindyn.plotting.verdicts import LOOKS, tested_over

_LEFT, _WIDTH = 0.15, 6.75  # inches
_TOP = 0.04  # inches between the matrix and its key
_FREE = 0.35  # inches that every row of a page leaves free under it
_FIXED = "\u00a0"  # a space at which no line is broken


def key_height(tables: Tables, layout: Layout, measure: str) -> float:
    """Inches that the key needs beyond what every row leaves free."""
    return max(0.0, _TOP + (1 + len(key_lines(tables, layout, measure))) * LINE - _FREE)


def draw_key(page: Page, row: int, tables: Tables, layout: Layout, measure: str) -> None:
    """Colours and signs of the verdicts that occur, and the lines of words."""
    top, height = page.tops[row] + layout.height + _TOP, page.figure.get_figheight()
    present = [name for name in LOOKS if (tables.verdicts["verdict"] == name).any()]
    handles: list[Artist] = [Patch(fc=LOOKS[name][0], ec="none", label=f"{LOOKS[name][2]} {name}") for name in present]
    page.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(_LEFT / PAGE_WIDTH, 1 - top / height),
        ncols=len(handles),
        borderaxespad=0,
        borderpad=0,
        handlelength=1.2,
        columnspacing=1.4,
    )
    for i, line in enumerate(key_lines(tables, layout, measure), start=1):
        page.figure.text(_LEFT / PAGE_WIDTH, 1 - (top + i * LINE + 0.03) / height, line, va="top", gid="key")


def key_lines(tables: Tables, layout: Layout, measure: str) -> list[str]:
    """What the two halves of the matrix show, over what was tested, and how many pairs got which verdict."""
    if not tables.measures:
        return []
    names = {each: each.replace("_", " ") for each in tables.measures}
    above = "q" if layout.shows_q else "verdict (q in the table of verdicts)"
    below = "from left to right, verdicts" if len(names) > 1 else "verdict"
    halves = (
        f"Above the diagonal: {above} by {names.get(measure, measure)}. Below: {below} by {_listed(names.values())}."
    )
    counts = "; ".join(f"{name} {_counts(tables.verdicts, each)}" for each, name in names.items())
    return [*wrapped(halves, _WIDTH), *wrapped(f"{tested_over(tables.verdicts)} Pairs by {counts}.", _WIDTH)]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _counts(verdicts: pd.DataFrame, measure: str) -> str:
    found = verdicts[verdicts["measure"] == measure]["verdict"].value_counts()
    return f",{_FIXED}".join(f"{found[name]}{_FIXED}{look[2]}" for name, look in LOOKS.items() if name in found)
