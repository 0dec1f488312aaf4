"""Equivalence of optimizers on a convex loss (figure 2 of Redman et al., NeurIPS 2024)."""

from matplotlib.figure import Figure

from traindyn.plotting.comparison_panel import comparison_height, draw_comparisons
from traindyn.plotting.comparisons import comparisons
from traindyn.plotting.curves import draw_curves, mark_divergence
from traindyn.plotting.notes import note_lines
from traindyn.plotting.page import LEFT, RIGHT, Page, new_page, panel_title
from traindyn.plotting.spectra import box_of_real_axis, draw_plane, draw_zoom, outline
from traindyn.plotting.style import GroupStyle, group_styles, styled
from traindyn.plotting.tables import Tables
from traindyn.plotting.trajectories import draw_trajectories, trajectory_grid
from traindyn.plotting.windows import spectra_of_first_windows

ZOOM = (0.5, 1.05)  # real parts shown in the closer look, as in the paper
_START_PANEL, _MIDDLE = 1.35, 1.65  # inches


@styled
def optimizers(tables: Tables) -> Figure:
    """Example starts, loss, spectra with a closer look at the real axis, distances and verdicts.

    Args:
        tables: of one loss; any number of groups.

    Raises:
        InputError: the distances table lacks the paper's measure, ``wasserstein``.
    """
    styles = group_styles(tables.groups)
    layout = comparisons(tables.groups)
    starts = trajectory_grid(tables.trajectories, len(styles), _START_PANEL)
    heights = (starts.height, _MIDDLE, comparison_height(layout))
    page = new_page(tables.experiment, styles, heights, note_lines(tables))
    draw_trajectories(page, 0, tables.trajectories, styles, starts, letter="a")
    _loss(page, tables, styles)
    _spectra(page, tables, styles)
    draw_comparisons(page, 2, tables, layout, styles, letters=("e", "f"))
    return page.figure


def _loss(page: Page, tables: Tables, styles: dict[str, GroupStyle]) -> None:
    axes = page.axes(1, LEFT, 2.15)
    draw_curves(axes, tables.learning_curves, "train_loss", styles, label="|f|", absolute=True, log=True)
    mark_divergence(axes, tables.diverged, styles)
    panel_title(axes, "b", "loss, mean over starts")


def _spectra(page: Page, tables: Tables, styles: dict[str, GroupStyle]) -> None:
    spectra = spectra_of_first_windows(tables)
    box = box_of_real_axis(spectra, *ZOOM)
    plane = page.axes(1, 2.75, 2.75 + _MIDDLE)
    draw_plane(plane, spectra, styles)
    outline(plane, box)
    panel_title(plane, "c", "Koopman spectra", offset=0.4)
    zoom = page.axes(1, 5.1, RIGHT)
    draw_zoom(zoom, spectra, styles, box)
    panel_title(zoom, "d", "dashed box of c", offset=0.5)
