"""Every architecture with every optimizer: which trainings are equivalent?"""

import numpy as np
from matplotlib.figure import Figure

from traindyn.errors import InputError
from traindyn.plotting.absent import absent_groups
from traindyn.plotting.clustering import Tree, cluster, draw_dendrogram
from traindyn.plotting.curves import BAND_NAME
from traindyn.plotting.factor_legend import draw_factor_legend, legend_lines
from traindyn.plotting.factors import factors
from traindyn.plotting.group_distances import group_distances, spectrum_distances
from traindyn.plotting.group_heat_map import draw_colour_bar, draw_heat_map, draw_row_labels
from traindyn.plotting.loss_panels import LossGrid, draw_losses
from traindyn.plotting.notes import note_lines
from traindyn.plotting.page import LEFT, RIGHT, Page, heading_axes, new_page, panel_title
from traindyn.plotting.spectra_map import draw_spectra_map
from traindyn.plotting.style import SMALL, GroupStyle, styled
from traindyn.plotting.tables import Tables
from traindyn.plotting.verdict_key import draw_key, key_height
from traindyn.plotting.verdict_matrix import Layout, draw_verdict_matrix, matrix_layout

_TREE, _HEAT, _NAMES, _MAP = (0.15, 0.8), (0.84, 3.06), 1.0, (4.78, 6.86)  # inches from the page's left edge
_SQUARE, _FLATTEST = 2.22, 0.135  # inches: height of heat map and map; of a row of the heat map at least
_BAR = 0.07  # inches: height of the colour bar
_MARKERS = 0.12  # inches over the heat map for its columns' markers
_MATRIX_LEFT = 0.1  # inches


@styled
def factorial(tables: Tables, measure: str = "wasserstein") -> Figure:
    """Clustered distances of groups, a map of all spectra, verdicts of every pair, losses.

    Args:
        tables: of one experiment; any number of groups and seeds.
        measure: of the distances and of the q values.

    Raises:
        InputError: there are spectra but no distances by ``measure`` between some of them.
    """
    _check_measure(tables, measure)
    found, gone = factors(tables), absent_groups(tables)
    styles = found.styles()
    distances = group_distances(tables, measure)
    tree = cluster(distances)
    layout = matrix_layout((*tree.groups, *gone), RIGHT - _MATRIX_LEFT)
    losses = LossGrid(len(found.architectures))
    square = max(_SQUARE, _FLATTEST * len(layout.groups))
    heights = (_MARKERS + square, layout.height + key_height(tables, layout, measure), losses.height)
    page = new_page(tables.experiment, {}, heights, note_lines(tables), legend_lines=legend_lines(found))
    draw_factor_legend(page, found)
    _distances(page, tables, tree, styles, gone, measure)
    _map(page, tables, styles, measure)
    _verdicts(page, tables, layout, styles, measure)
    band = f" (band: {BAND_NAME})" if tables.learning_curves["seed"].nunique() > 1 else ""
    draw_losses(page, 2, tables, found, styles, losses)
    panel_title(
        heading_axes(page, 2, LEFT, RIGHT, top=0.03), "d", f"training loss, mean over seeds{band}, by architecture"
    )
    return page.figure


def _check_measure(tables: Tables, measure: str) -> None:
    known = sorted(set(tables.distances["measure"]))
    if known and measure not in known:
        raise InputError(f"distances table: no rows by measure {measure} (present: {', '.join(known)})")


def _distances(
    page: Page, tables: Tables, tree: Tree, styles: dict[str, GroupStyle], gone: dict[str, str], measure: str
) -> None:
    matrix = group_distances(tables, measure)
    heat = page.axes(0, *_HEAT, top=_MARKERS)
    drawn = draw_heat_map(heat, matrix, tree.groups, gone)
    draw_row_labels(heat, (*tree.groups, *gone), styles, _NAMES)
    branches = page.axes(0, *_TREE, top=_MARKERS)
    branches.set_ylim(heat.get_ylim())
    own = np.diag(matrix.to_numpy())
    draw_dendrogram(branches, tree, float(own[np.isfinite(own)].mean()) if np.isfinite(own).any() else float("nan"))
    if drawn is not None:
        bar = page.axes(0, _HEAT[0] + 0.2, _HEAT[1], top=page.heights[0] + 0.06, height=_BAR)
        draw_colour_bar(bar, drawn, f"mean {measure.replace('_', ' ')} distance, on the diagonal between seeds")
    panel_title(
        heading_axes(page, 0, _TREE[0] + 0.17, _HEAT[1]),
        "a",
        "distances, clustered; dotted: between seeds",
        offset=0.17,
    )


def _map(page: Page, tables: Tables, styles: dict[str, GroupStyle], measure: str) -> None:
    axes = page.axes(0, *_MAP, top=_MARKERS, height=_MAP[1] - _MAP[0])
    found = draw_spectra_map(axes, spectrum_distances(tables, measure), styles)
    title = "map of all spectra; filled: group means"
    panel_title(heading_axes(page, 0, *_MAP), "b", title)
    if found is not None and np.isfinite(found.fidelity):
        axes.set_title(
            f"classical MDS, r = {found.fidelity:.2f} with the distances", loc="right", fontsize=SMALL, pad=2
        )


def _verdicts(page: Page, tables: Tables, layout: Layout, styles: dict[str, GroupStyle], measure: str) -> None:
    axes = page.axes(1, _MATRIX_LEFT, _MATRIX_LEFT + layout.width, height=layout.height)
    panel_title(heading_axes(page, 1, LEFT, RIGHT), "c", "verdict on every pair of groups")
    if tables.verdicts.empty:
        axes.set_axis_off()
        axes.text(0, 0.5, "no pair of groups was tested", transform=axes.transAxes)
        return
    draw_verdict_matrix(axes, tables.verdicts, tables.measures, layout, styles, measure)
    draw_key(page, 1, tables, layout, measure)
