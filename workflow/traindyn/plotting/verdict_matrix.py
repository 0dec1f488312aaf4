"""The verdicts of every pair of groups as one matrix: q above its diagonal, every measure's verdict below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from traindyn.plotting.page import shorten, text_width
from traindyn.plotting.style import GroupStyle
from traindyn.plotting.verdicts import LOOKS

WIDEST, FLATTEST = 0.42, 0.185  # inches: no cell is wider, none is less tall
LONGEST_LABEL = 1.25  # inches
_GAP = 0.025  # inches between cells
_LABEL_GAP = 0.06  # inches between labels and cells
_PADDING = 0.03  # inches, left and right of a cell's text together


@dataclass(frozen=True)
class Layout:
    """Groups in order, size of a cell and room for labels, in inches."""

    groups: tuple[str, ...]
    cell: float
    pitch: float
    label: float

    @property
    def left(self) -> float:
        """From the panel's left edge to the cells: the row labels."""
        return self.label + _LABEL_GAP

    @property
    def width(self) -> float:
        """Width of the whole panel."""
        return self.left + self.cell * len(self.groups)

    @property
    def height(self) -> float:
        """Height of the whole panel, column labels included."""
        return self.left + self.pitch * len(self.groups)

    @property
    def shows_q(self) -> bool:
        """Whether every q value fits into a cell; the verdict's sign stands there otherwise."""
        return text_width("<0.001") <= self.cell - _PADDING

    def shows_signs(self, parts: int) -> bool:
        """Whether a verdict's sign fits into each of so many parts of a cell."""
        return text_width("≠") + 0.01 <= (self.cell - _GAP) / parts


def matrix_layout(groups: Sequence[str], room: float) -> Layout:
    """The largest cells with which the matrix fits into ``room`` inches."""
    label = min(LONGEST_LABEL, max((text_width(group) for group in groups), default=0.0) + 0.02)
    cell = min(WIDEST, (room - label - _LABEL_GAP) / max(len(groups), 1))
    return Layout(tuple(groups), cell, FLATTEST, label)


def draw_verdict_matrix(
    axes: Axes,
    verdicts: pd.DataFrame,
    measures: Sequence[str],
    layout: Layout,
    styles: Mapping[str, GroupStyle],
    measure: str,
) -> None:
    """Fill a panel of the layout's size; ``measure`` decides what stands above the diagonal."""
    axes.set(xlim=(0, layout.width), ylim=(layout.height, 0))
    axes.set_axis_off()
    above = by_place(verdicts, measure, layout.groups)
    with_q, with_signs = layout.shows_q, layout.shows_signs(len(measures))
    for where, row in above.items():
        _cell(axes, layout, where, row["verdict"], short_q(row) if with_q else LOOKS[row["verdict"]][2])
    for place, name in enumerate(measures):
        for (i, j), row in by_place(verdicts, name, layout.groups).items():
            part = _part(axes, layout, (j, i), row["verdict"], (place, len(measures)))
            part.set_gid(f"below {name} {row['verdict']}")
            if with_signs:
                _sign(axes, part, row["verdict"])
    for place, group in enumerate(layout.groups):
        _labels(axes, layout, place, shorten(group, layout.label), styles[group])


def by_place(verdicts: pd.DataFrame, measure: str, groups: Sequence[str]) -> dict[tuple[int, int], pd.Series]:
    """The verdicts by one measure at their (row, column) above the diagonal of a matrix of ``groups``."""
    place = {group: i for i, group in enumerate(groups)}
    found = {}
    for _, row in verdicts[verdicts["measure"] == measure].iterrows():
        i, j = sorted((place[row["group_a"]], place[row["group_b"]]))
        found[i, j] = row
    return found


def short_q(verdict: pd.Series) -> str:
    """A q value in few characters, as "<0.001", "0.012", "0.48"; the verdict's sign where there was no test."""
    q = verdict["q_value"]
    if not np.isfinite(q):
        return LOOKS[verdict["verdict"]][2]
    return "<0.001" if q < 0.001 else f"{q:.3f}" if q < 0.0995 else f"{q:.2f}"


def _cell(axes: Axes, layout: Layout, where: tuple[int, int], verdict: str, text: str) -> None:
    """A cell above the diagonal in the verdict's colour."""
    paper, ink, _ = LOOKS[verdict]
    x, y = layout.left + where[1] * layout.cell, layout.left + where[0] * layout.pitch
    size = (layout.cell - _GAP, layout.pitch - _GAP)
    axes.add_patch(Rectangle((x + _GAP / 2, y + _GAP / 2), *size, fc=paper, ec="none", gid=f"above {verdict}"))
    middle = (x + layout.cell / 2, y + layout.pitch / 2)
    axes.text(*middle, text, ha="center", va="center_baseline", color=ink, gid="above text")


def _part(axes: Axes, layout: Layout, where: tuple[int, int], verdict: str, part: tuple[int, int]) -> Rectangle:
    """Part i of n of a cell below the diagonal, in the verdict's colour."""
    width = (layout.cell - _GAP) / part[1]
    x = layout.left + where[1] * layout.cell + _GAP / 2 + part[0] * width
    y = layout.left + where[0] * layout.pitch + _GAP / 2
    drawn = Rectangle((x, y), width, layout.pitch - _GAP, fc=LOOKS[verdict][0], ec="none")
    axes.add_patch(drawn)
    return drawn


def _sign(axes: Axes, part: Rectangle, verdict: str) -> None:
    _, ink, sign = LOOKS[verdict]
    x, y = part.get_x() + part.get_width() / 2, part.get_y() + part.get_height() / 2
    axes.text(x, y, sign, ha="center", va="center_baseline", color=ink, gid="below text")


def _labels(axes: Axes, layout: Layout, place: int, text: str, style: GroupStyle) -> None:
    """Row and column label of a group, and its marker on the diagonal."""
    x, y = layout.left + (place + 0.5) * layout.cell, layout.left + (place + 0.5) * layout.pitch
    axes.text(layout.label, y, text, ha="right", va="center_baseline", gid="row")
    axes.text(x, layout.label, text, ha="center", va="bottom", rotation=90, gid="column")
    axes.plot(x, y, ls="none", marker=style.marker, ms=4, mfc="none", mec=style.colour, gid="own")
