"""Grokking and its absence: do their early dynamics differ? (Redman et al., NeurIPS 2024, section 4.4)"""

from matplotlib.figure import Figure

from traindyn.plotting.comparison_panel import comparison_height, draw_comparisons
from traindyn.plotting.comparisons import comparisons
from traindyn.plotting.curves import has_values, mark_divergence
from traindyn.plotting.logarithmic import label_logarithmic
from traindyn.plotting.notes import note_lines
from traindyn.plotting.page import LEFT, RIGHT, Page, new_page, panel_title
from traindyn.plotting.seed_curves import draw_seeds
from traindyn.plotting.spectra import box_near_one, draw_plane, draw_zoom, outline
from traindyn.plotting.style import GroupStyle, group_styles, styled
from traindyn.plotting.tables import Tables
from traindyn.plotting.windows import spectra_of_first_windows

_CURVES, _PLANE = 1.75, 1.95  # inches
_LINES = "solid: test, dashed: training"


@styled
def grokking(tables: Tables) -> Figure:
    """Accuracy and loss of every seed, spectra of all seeds, distances and verdicts.

    Long trainings get a logarithmic step axis, so that one figure serves the first steps and the whole training.

    Args:
        tables: of one experiment; any number of groups and seeds.

    Raises:
        InputError: the distances table lacks the paper's measure, ``wasserstein``.
    """
    styles = group_styles(tables.groups)
    layout = comparisons(tables.groups)
    heights = (_CURVES, _PLANE, comparison_height(layout))
    page = new_page(tables.experiment, styles, heights, note_lines(tables))
    _curves(page, tables, styles)
    _spectra(page, tables, styles)
    draw_comparisons(page, 2, tables, layout, styles, letters=("e", "f"))
    return page.figure


def _curves(page: Page, tables: Tables, styles: dict[str, GroupStyle]) -> None:
    curves = tables.learning_curves
    accuracy = page.axes(0, LEFT, 3.5)
    draw_seeds(accuracy, curves, "test_accuracy", "train_accuracy", styles, label="accuracy")
    accuracy.set_ylim(-0.03, 1.03)
    if not has_values(curves, "test_accuracy"):
        accuracy.text(0.5, 0.5, "not evaluated", ha="center", va="center", transform=accuracy.transAxes)
    panel_title(accuracy, "a", f"each seed ({_LINES})")
    loss = page.axes(0, 4.15, RIGHT)
    draw_seeds(loss, curves, "test_loss", "train_loss", styles, label="loss (nats)")
    loss.set_yscale("log", nonpositive="clip")
    label_logarithmic(loss.yaxis)
    mark_divergence(loss, tables.diverged, styles)
    panel_title(loss, "b", f"each seed ({_LINES})")


def _spectra(page: Page, tables: Tables, styles: dict[str, GroupStyle]) -> None:
    spectra = spectra_of_first_windows(tables)
    box = box_near_one(spectra)
    plane = page.axes(1, LEFT, LEFT + _PLANE)
    draw_plane(plane, spectra, styles)
    outline(plane, box)
    panel_title(plane, "c", "Koopman spectra, all seeds")
    zoom = page.axes(1, 3.4, RIGHT)
    draw_zoom(zoom, spectra, styles, box)
    panel_title(zoom, "d", "near λ = 1 (dashed box)", offset=0.55)
