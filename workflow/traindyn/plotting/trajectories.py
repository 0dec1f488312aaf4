"""Weight trajectories of a few examples, one panel for each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from traindyn.plotting.page import LEFT, RIGHT, Page, heading_axes, panel_title, shorten
from traindyn.plotting.style import GUIDE, SMALL, GroupStyle
from traindyn.plotting.tables import natural_order

COLUMNS = 4  # panels side by side
_ABOVE = 0.19  # inches over a panel: the group's name
_COMPARABLE = 2.0  # ranges up to this ratio share their axes


@dataclass(frozen=True)
class Grid:
    """One panel for each of ``groups``, ``panel`` inches tall, with common axes or each with its own."""

    groups: int
    panel: float
    plane: bool
    common: bool

    @property
    def between(self) -> float:
        """Inches between two panels side by side; axes of one's own need room for tick labels."""
        return 0.14 if self.common else 0.42

    @property
    def pitch(self) -> float:
        """Inches from the top of one line of panels to the next."""
        return self.panel + _ABOVE + (0.04 if self.common else 0.2)

    @property
    def width(self) -> float:
        """Width of a panel in inches."""
        columns = min(COLUMNS, max(self.groups, 2))
        return (RIGHT - LEFT - (columns - 1) * self.between) / columns

    @property
    def height(self) -> float:
        """Height in inches of the row that holds all panels."""
        return _ABOVE + self.panel + (-(-self.groups // COLUMNS) - 1) * self.pitch


def trajectory_grid(trajectories: pd.DataFrame, groups: int, panel: float) -> Grid:
    """The grid for these trajectories; planes of groups in unlike coordinates get axes of their own."""
    plane = is_plane(trajectories)
    return Grid(groups, panel, plane, not plane or has_comparable_ranges(trajectories))


def draw_trajectories(
    page: Page,
    row: int,
    trajectories: pd.DataFrame,
    styles: Mapping[str, GroupStyle],
    grid: Grid,
    *,
    letter: str,
) -> None:
    """Fill ``row``: phase planes where every group has exactly two weights, else weights over steps."""
    drawn = _panels(page, row, grid)
    for axes, (group, style) in zip(drawn, styles.items(), strict=True):
        own = trajectories[trajectories["group"] == group]
        if own.empty:
            axes.text(0.5, 0.5, "no trajectory\nrecorded", ha="center", va="center", transform=axes.transAxes)
        elif grid.plane:
            draw_plane(axes, own, style)
        else:
            draw_over_steps(axes, own, style)
        axes.set_title(shorten(group, grid.width), fontsize=SMALL, color="black", loc="center", pad=3)
    panel_title(heading_axes(page, row, LEFT, RIGHT, top=0.06), letter, _title(grid, trajectories))
    _label(drawn, _axis_labels(trajectories, grid.plane), grid.common)


def has_comparable_ranges(trajectories: pd.DataFrame) -> bool:
    """Whether all groups together span little more than the narrowest of them by itself."""
    values = trajectories.groupby("group")["value"]
    together = trajectories["value"].max() - trajectories["value"].min()
    return bool(together <= _COMPARABLE * (values.max() - values.min()).min())


def is_plane(trajectories: pd.DataFrame) -> bool:
    """Whether each group's examples have exactly two weights, so that they can be drawn in the plane."""
    counts = trajectories.groupby("group")["weight"].nunique()
    return not counts.empty and bool((counts == 2).all())


def draw_plane(axes: Axes, own: pd.DataFrame, style: GroupStyle) -> None:
    """One line per seed and replica through (first weight, second weight), its first and last step marked."""
    first, second = sorted(own["weight"].unique(), key=natural_order)
    size = 4.0 if len(own[["seed", "replica"]].drop_duplicates()) < 10 else 2.8
    for _, run in own.groupby(["seed", "replica"]):
        path = run.pivot(index="step", columns="weight", values="value").sort_index()
        x, y = path[first].to_numpy(), path[second].to_numpy()
        axes.plot(x, y, color=style.colour, lw=0.9, alpha=0.85, gid="path")
        axes.plot(
            x[:1],
            y[:1],
            ls="none",
            marker=style.marker,
            mfc="white",
            mec=style.colour,
            ms=size,
            mew=0.8,
            clip_on=False,
        )
        axes.plot(x[-1:], y[-1:], ls="none", marker="o", color="black", ms=0.45 * size, zorder=4)


def draw_over_steps(axes: Axes, own: pd.DataFrame, style: GroupStyle) -> None:
    """One line per weight, seed and replica over the steps; the weights differ in shade."""
    weights = sorted(own["weight"].unique(), key=natural_order)
    shades = dict(zip(weights, _shades(style.colour, len(weights)), strict=True))
    for (weight, _, _), run in own.sort_values("step").groupby(["weight", "seed", "replica"]):
        axes.plot(run["step"], run["value"], color=shades[weight], lw=0.8, gid="path")


def _shades(colour: str, count: int) -> list[tuple[float, float, float]]:
    base = np.array(to_rgb(colour))
    mixed = [base + (1 - base) * share for share in np.linspace(0, 0.55, count)]
    return [(float(r), float(g), float(b)) for r, g, b in mixed]


def _panels(page: Page, row: int, grid: Grid) -> list[Axes]:
    drawn: list[Axes] = []
    for i in range(grid.groups):
        down, across = divmod(i, COLUMNS)
        left = LEFT + across * (grid.width + grid.between)
        shared = {"sharex": drawn[0], "sharey": drawn[0]} if drawn and grid.common else {}
        top = _ABOVE + down * grid.pitch
        drawn.append(page.axes(row, left, left + grid.width, top=top, height=grid.panel, **shared))
    return drawn


def _label(drawn: Sequence[Axes], labels: tuple[str, str], common: bool) -> None:
    """Name the outer axes only: left of each line, under each column; if ``common``, number them only too."""
    for i, axes in enumerate(drawn):
        left, bottom = i % COLUMNS == 0, i + COLUMNS >= len(drawn)
        axes.tick_params(labelleft=left or not common, labelbottom=bottom or not common)
        axes.set_ylabel(labels[1] if left else "")
        axes.set_xlabel(labels[0] if bottom else "")
        axes.locator_params(nbins=4)
        axes.grid(color=GUIDE, lw=0.3, alpha=0.5)


def _axis_labels(trajectories: pd.DataFrame, plane: bool) -> tuple[str, str]:
    if not plane:
        return "training step", "weight"
    names = sorted(trajectories["weight"].unique(), key=natural_order)
    return (names[0], names[1]) if len(names) == 2 else ("first weight", "second weight")


def _title(grid: Grid, trajectories: pd.DataFrame) -> str:
    if grid.plane:
        own = "" if grid.common else "; axes differ"
        return f"example starts (open marker: first step, dot: last{own})"
    return "example weights" + (" (one shade per weight, one line per replica)" if len(trajectories) else "")
