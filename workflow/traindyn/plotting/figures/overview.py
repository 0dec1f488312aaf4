"""Everything about an experiment on one page, as in figure 3 of Redman et al., NeurIPS 2024, on networks' width."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from traindyn.plotting.comparison_panel import comparison_height, draw_comparisons
from traindyn.plotting.comparisons import comparisons
from traindyn.plotting.curves import BAND_NAME, draw_curves, has_values, mark_divergence
from traindyn.plotting.notes import note_lines
from traindyn.plotting.page import LEFT, RIGHT, Page, new_page, panel_title
from traindyn.plotting.spectra import box_near_one, draw_plane, draw_zoom, outline
from traindyn.plotting.style import GroupStyle, group_styles, styled
from traindyn.plotting.tables import Tables
from traindyn.plotting.trajectories import draw_trajectories, trajectory_grid
from traindyn.plotting.windows import spectra_of_first_windows

_CURVES, _EXAMPLE_PANEL, _PLANE = 1.45, 1.1, 1.95  # inches


@styled
def overview(tables: Tables) -> Figure:
    """Loss and test accuracy if recorded, example weights, spectra of all seeds, distances and verdicts.

    Args:
        tables: of one experiment; any number of groups and seeds.

    Raises:
        InputError: the distances table lacks the paper's measure, ``wasserstein``.
    """
    styles = group_styles(tables.groups)
    layout = comparisons(tables.groups)
    examples = trajectory_grid(tables.trajectories, len(styles), _EXAMPLE_PANEL)
    # Divergences are marked over the losses, where there are any.
    followed = has_values(tables.learning_curves, "train_loss") or not tables.diverged.empty
    heights = [examples.height, _PLANE, comparison_height(layout)]
    page = new_page(tables.experiment, styles, [_CURVES, *heights] if followed else heights, note_lines(tables))
    letters, row = iter("abcdefg"), 0
    if followed:
        _curves(page, tables, styles, letters)
        row = 1
    draw_trajectories(page, row, tables.trajectories, styles, examples, letter=next(letters))
    _spectra(page, row + 1, tables, styles, letters)
    draw_comparisons(page, row + 2, tables, layout, styles, letters=(next(letters), next(letters)))
    return page.figure


def _curves(page: Page, tables: Tables, styles: dict[str, GroupStyle], letters: Iterator[str]) -> None:
    curves = tables.learning_curves
    tested = has_values(curves, "test_accuracy")
    band = f" (band: {BAND_NAME})" if curves["seed"].nunique() > 1 else ""
    loss = page.axes(0, LEFT, 3.5 if tested else RIGHT)
    draw_curves(loss, curves, "train_loss", styles, label="training loss (nats)")
    mark_divergence(loss, tables.diverged, styles)
    panel_title(loss, next(letters), f"mean over seeds{band}")
    if tested:
        accuracy = page.axes(0, 4.15, RIGHT)
        draw_curves(accuracy, curves, "test_accuracy", styles, label="test accuracy")
        panel_title(accuracy, next(letters), "mean over seeds")


def _spectra(page: Page, row: int, tables: Tables, styles: dict[str, GroupStyle], letters: Iterator[str]) -> None:
    spectra = spectra_of_first_windows(tables)
    box = box_near_one(spectra)
    plane = page.axes(row, LEFT, LEFT + _PLANE)
    draw_plane(plane, spectra, styles)
    outline(plane, box)
    panel_title(plane, next(letters), "Koopman spectra, all seeds")
    zoom = page.axes(row, 3.4, RIGHT)
    draw_zoom(zoom, spectra, styles, box)
    panel_title(zoom, next(letters), "near λ = 1 (dashed box)", offset=0.55)
