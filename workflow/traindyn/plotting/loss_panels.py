"""Learning curves in small panels, one for each architecture, one line for each optimizer."""

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes

from traindyn.plotting.curves import draw_curves, mark_divergence
from traindyn.plotting.factors import Factors
from traindyn.plotting.page import LEFT, RIGHT, Page, shorten
from traindyn.plotting.style import SMALL, GroupStyle
from traindyn.plotting.tables import Tables

COLUMNS = 4  # panels side by side
ABOVE = 0.19  # inches over a panel: the architecture's name
_PANEL, _BETWEEN = 1.15, 0.14  # inches: height of a panel, and between two side by side


@dataclass(frozen=True)
class LossGrid:
    """Panels for so many architectures."""

    panels: int

    @property
    def width(self) -> float:
        """Width of a panel in inches."""
        columns = min(COLUMNS, max(self.panels, 2))
        return (RIGHT - LEFT - (columns - 1) * _BETWEEN) / columns

    @property
    def pitch(self) -> float:
        """Inches from the top of one line of panels to the next."""
        return _PANEL + ABOVE + 0.05

    @property
    def height(self) -> float:
        """Height in inches of the row that holds all panels."""
        return ABOVE + _PANEL + (-(-self.panels // COLUMNS) - 1) * self.pitch


def draw_losses(
    page: Page, row: int, tables: Tables, found: Factors, styles: Mapping[str, GroupStyle], grid: LossGrid
) -> None:
    """Fill ``row`` with the training losses of each architecture's groups, on common logarithmic axes."""
    curves = tables.learning_curves
    first: Axes | None = None
    for i, architecture in enumerate(found.architectures):
        down, across = divmod(i, COLUMNS)
        left = LEFT + across * (grid.width + _BETWEEN)
        shared: dict[str, Axes] = {"sharex": first, "sharey": first} if first is not None else {}
        axes = page.axes(row, left, left + grid.width, top=ABOVE + down * grid.pitch, height=_PANEL, **shared)
        first = first or axes
        own = {group: style for group, style in styles.items() if found.architecture[group] == architecture}
        draw_curves(axes, curves[curves["group"].isin(list(own))], "train_loss", own, label="", log=True)
        mark_divergence(axes, tables.diverged[tables.diverged["group"].isin(list(own))], own)
        axes.set_title(shorten(architecture, grid.width), fontsize=SMALL, loc="center", pad=3)
        bottom = i + COLUMNS >= grid.panels
        axes.tick_params(labelleft=across == 0, labelbottom=bottom)
        axes.set(xlabel="training step" if bottom else "", ylabel="training loss (nats)" if across == 0 else "")
