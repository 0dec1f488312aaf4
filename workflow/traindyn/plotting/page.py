"""A page measured in inches: rows of panels under one legend, over lines of notes.

Panels stand at fixed places, not where a layout solver puts them: equal rows line up in every figure, and the
same table gives the same page.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from traindyn.plotting.style import LETTER, NORMAL, PAGE_WIDTH, SMALL, GroupStyle

LEFT = 0.6  # of the first panel of a row
RIGHT = 6.9  # of the last panel of a row
LINE = SMALL * 1.25 / 72  # height of a line of small text
LEGEND_TOP, LEGEND_LINE = 0.3, 0.17  # of the legend under the title: its upper edge, a line of it
_HEAD = 0.3  # over a row: its title
_FOOT = 0.44  # under a row: tick labels and axis label
_HANDLE = 0.5  # of a legend entry, beside its text


@dataclass(frozen=True)
class Page:
    """A figure with rows: row ``i``'s panels begin ``tops[i]`` inches from the top, ``heights[i]`` tall."""

    figure: Figure
    tops: tuple[float, ...]
    heights: tuple[float, ...]

    def axes(
        self,
        row: int,
        left: float,
        right: float,
        *,
        top: float = 0.0,
        height: float | None = None,
        **kwargs: Any,
    ) -> Axes:
        """A panel in ``row`` from ``left`` to ``right``, ``top`` inches below the row's upper edge."""
        page_height = self.figure.get_figheight()
        height = self.heights[row] - top if height is None else height
        bottom = page_height - self.tops[row] - top - height
        box = (left / PAGE_WIDTH, bottom / page_height, (right - left) / PAGE_WIDTH, height / page_height)
        return self.figure.add_axes(box, **kwargs)


def new_page(
    title: str,
    styles: Mapping[str, GroupStyle],
    heights: Sequence[float],
    notes: Sequence[str],
    *,
    legend_lines: int = 0,
) -> Page:
    """A page with title, legend of the groups, empty rows of the given heights, and the notes below.

    legend_lines: lines left empty after the legend, for one that the caller draws.
    """
    columns, lines = _legend_shape(list(styles)) if styles else (1, 0)
    strip = LEGEND_TOP + 0.02 + (lines + legend_lines) * LEGEND_LINE
    tops = [strip + _HEAD]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + _FOOT + _HEAD)
    end = tops[-1] + heights[-1] + _FOOT
    page_height = end + len(notes) * LINE + 0.08
    figure = Figure(figsize=(PAGE_WIDTH, page_height), dpi=200)
    page = Page(figure, tuple(tops), tuple(heights))
    _write(figure, 0.1, 0.08, title, fontsize=NORMAL + 1, fontweight="bold")
    if styles:
        _legend(figure, styles, columns)
    for i, note in enumerate(notes):
        _write(figure, 0.1, end + i * LINE, note, gid="note")
    return page


def panel_title(axes: Axes, letter: str, title: str, *, offset: float = 0.45) -> None:
    """Letter and title over a panel; the letter stands ``offset`` inches left of the panel."""
    where: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "va": "baseline",
        "annotation_clip": False,
    }
    axes.annotate(letter, (0, 1), (-72 * offset, 6), fontsize=LETTER, fontweight="bold", gid="letter", **where)
    axes.annotate(title, (0, 1), (0, 6), fontsize=NORMAL, gid="title", **where)


def heading_axes(page: Page, row: int, left: float, right: float, *, top: float = 0.0) -> Axes:
    """An invisible panel, its upper edge ``top`` inches below the row's: for a title over several panels."""
    return page.axes(row, left, right, top=top, height=0.001, frameon=False, xticks=[], yticks=[])


@cache  # measuring outlines takes milliseconds, and the font is the same on every page
def text_width(text: str, size: float = SMALL) -> float:
    """Width of the longest line of ``text`` in inches."""
    lines = [line for line in text.split("\n") if line.strip()]
    return max((_outline_width(TextPath((0, 0), line, size=size)) / 72 for line in lines), default=0.0)


def _outline_width(path: Path) -> float:
    """By its control points: a little more at most than by the extrema of curves, which take ten times as long."""
    closing = np.asarray(path.codes) == Path.CLOSEPOLY  # whose place means nothing
    return float(np.ptp(np.asarray(path.vertices)[~closing, 0]))


def shorten(text: str, width: float) -> str:
    """``text``, cut with an ellipsis where it is wider than ``width`` inches."""
    if text_width(text) <= width:
        return text
    while text and text_width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, width: float) -> list[str]:
    """``text`` in lines, broken at spaces, none wider than ``width`` inches unless a single word is."""
    lines: list[str] = []
    for word in text.split(" "):  # not at spaces that must not break
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _legend_shape(groups: list[str]) -> tuple[int, int]:
    widest = max((text_width(group) for group in groups), default=0.0) + _HANDLE
    most = max(1, int((PAGE_WIDTH - 0.2) / widest))
    lines = max(1, math.ceil(len(groups) / most))
    return max(1, math.ceil(len(groups) / lines)), lines  # lines of equal length


def _legend(figure: Figure, styles: Mapping[str, GroupStyle], columns: int) -> None:
    room = PAGE_WIDTH - 0.2 - _HANDLE
    handles = [
        Line2D([], [], color=style.colour, marker=style.marker, mfc="none", ms=4.5, label=shorten(group, room))
        for group, style in styles.items()
    ]
    anchor = (0.1 / PAGE_WIDTH, 1 - LEGEND_TOP / figure.get_figheight())
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=anchor,
        ncols=columns,
        borderaxespad=0,
        borderpad=0,
        handlelength=2.2,
        columnspacing=1.4,
        labelspacing=0.35,
    )


def _write(figure: Figure, left: float, top: float, text: str, **kwargs: Any) -> None:
    figure.text(left / PAGE_WIDTH, 1 - top / figure.get_figheight(), text, va="top", **kwargs)
