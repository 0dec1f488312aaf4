"""The legend of two factors: a line of colours for the optimizers, a line of markers for the architectures."""

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.lines import Line2D

from traindyn.plotting.factors import Factors
from traindyn.plotting.page import LEGEND_LINE, LEGEND_TOP, Page, shorten, text_width
from traindyn.plotting.style import PAGE_WIDTH

_LEFT, _NAMES = 0.1, 0.85  # inches: where the factors' names stand, and where their values begin
_HANDLE = 0.5  # inches of an entry beside its text
_LONGEST = 2.5  # inches of an entry's text


def legend_lines(found: Factors) -> int:
    """How many lines the legend takes."""
    return _lines(found.optimizers) + _lines(found.architectures)


def draw_factor_legend(page: Page, found: Factors) -> None:
    """Write the legend into the lines that were left empty for it under the page's title."""
    colours = [_handle(name, color=colour) for name, colour in found.colours().items()]
    markers = [_handle(name, color="black", ls="none", marker=m) for name, m in found.markers().items()]
    _block(page, "optimizer", colours, 0)
    _block(page, "architecture", markers, _lines(found.optimizers))


def _columns(names: Sequence[str]) -> int:
    """Entries side by side: as many as the widest of them allows."""
    widest = max(text_width(shorten(name, _LONGEST)) for name in names) + _HANDLE
    return min(len(names), max(1, int((PAGE_WIDTH - 0.1 - _NAMES) / widest)))


def _lines(names: Sequence[str]) -> int:
    return math.ceil(len(names) / _columns(names)) if names else 0


def _handle(name: str, **look: Any) -> Line2D:
    return Line2D([], [], mfc="none", ms=4.5, label=shorten(name, _LONGEST), **look)


def _block(page: Page, factor: str, handles: list[Line2D], line: int) -> None:
    if not handles:
        return
    height = page.figure.get_figheight()
    top = LEGEND_TOP + line * LEGEND_LINE
    page.figure.text(_LEFT / PAGE_WIDTH, 1 - (top + 0.01) / height, factor, va="top", gid="factor")
    page.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(_NAMES / PAGE_WIDTH, 1 - top / height),
        ncols=_columns([str(handle.get_label()) for handle in handles]),
        borderaxespad=0,
        borderpad=0,
        handlelength=2.0,
        columnspacing=1.4,
        labelspacing=0.35,
    )
