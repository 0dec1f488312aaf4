"""The row in which distances and verdicts stand side by side, pair by pair."""

from collections.abc import Mapping

from traindyn.plotting.comparisons import Comparisons
from traindyn.plotting.distances import annotate_distances, distance_key, draw_distances, label_width
from traindyn.plotting.page import Page, heading_axes, panel_title
from traindyn.plotting.style import PAGE_WIDTH, GroupStyle
from traindyn.plotting.tables import Tables
from traindyn.plotting.verdicts import draw_verdicts

HEAD, FOOT = 0.12, 0.2  # inches over the strips for the table's headings, under them for the key
_ANNOTATION = 0.98  # inches for distance and verdict in words
_SHORT_ANNOTATION = 0.54  # for the distance alone
_TITLE = -0.08  # inches: the two titles stand higher than elsewhere, over the table's headings
_STRIP = 1.2  # inches for the strips of dots


def comparison_height(layout: Comparisons) -> float:
    """Height in inches of the row that holds ``layout`` with its headings and key."""
    return HEAD + layout.height + FOOT


def draw_comparisons(
    page: Page,
    row: int,
    tables: Tables,
    layout: Comparisons,
    styles: Mapping[str, GroupStyle],
    *,
    letters: tuple[str, str],
    measure: str = "wasserstein",
) -> None:
    """Left the distances by ``measure`` with their verdicts, right the verdicts by every measure."""
    left = max(0.6, label_width(layout) + 0.08)
    right = left + _STRIP
    table = right + (_ANNOTATION if layout.full else _SHORT_ANNOTATION)
    width = PAGE_WIDTH - 0.08 - table
    strips = page.axes(row, left, right, top=HEAD, height=layout.height)
    draw_distances(strips, tables, layout, styles, measure)
    annotate_distances(strips, layout, tables.verdicts, measure, 0.06)
    cells = page.axes(row, table, table + width, top=HEAD, height=layout.height)
    draw_verdicts(cells, tables, layout, width)
    panel_title(heading_axes(page, row, left, right, top=_TITLE), letters[0], "distances", offset=left - 0.15)
    panel_title(heading_axes(page, row, table, table + width, top=_TITLE), letters[1], "verdicts", offset=0.17)
    page.figure.legend(
        handles=distance_key(tables, layout, measure),
        loc="upper left",
        bbox_to_anchor=(
            0.15 / PAGE_WIDTH,
            1 - (page.tops[row] + HEAD + layout.height + 0.4) / page.figure.get_figheight(),
        ),
        ncols=4,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.4,
        handletextpad=0.4,
        columnspacing=1.2,
    )
