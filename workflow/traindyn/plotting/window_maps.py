"""Heat maps of distances between windows, all on one scale of colours, with transitions as lines between windows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.ticker import MaxNLocator

from traindyn.plotting.page import LEFT, RIGHT, Page, shorten, text_width
from traindyn.plotting.style import SMALL
from traindyn.plotting.window_distances import Pair

COLOURS = "viridis"  # as in the other heat maps
ABOVE = 0.19  # inches over a map: its title
_MANY = 6  # maps beyond which four stand side by side, not three
_BESIDE, _BETWEEN = 0.52, 0.12  # inches left of a map for its scale, and right of it
_BELOW = 0.42  # inches under a map for its scale
_BAR, _BAR_WIDTH = 0.07, 2.6  # inches


@dataclass(frozen=True)
class MapGrid:
    """So many square maps, in lines of three or four, over one scale of colours."""

    maps: int

    @property
    def columns(self) -> int:
        """Maps side by side."""
        return 3 if self.maps <= _MANY else 4

    @property
    def side(self) -> float:
        """Width and height of a map in inches."""
        return (RIGHT - LEFT + _BESIDE + _BETWEEN) / self.columns - _BESIDE - _BETWEEN

    @property
    def pitch(self) -> float:
        """Inches from the top of one line of maps to the next."""
        return ABOVE + self.side + _BELOW

    @property
    def height(self) -> float:
        """Height in inches of the row that holds all maps and the scale."""
        return -(-self.maps // self.columns) * self.pitch + _BAR

    def place(self, number: int) -> tuple[float, float]:
        """Left and upper edge of a map in inches, in the row."""
        down, across = divmod(number, self.columns)
        return LEFT + across * (_BESIDE + self.side + _BETWEEN), ABOVE + down * self.pitch


def draw_maps(
    page: Page,
    row: int,
    matrices: Mapping[Pair, pd.DataFrame],
    transitions: Mapping[str, Sequence[int]],
    measure: str,
) -> None:
    """log₁₀ of every matrix as a map, the scale under them; transitions: group -> first steps of windows."""
    grid = MapGrid(len(matrices))
    levels = {pair: _log10(matrix) for pair, matrix in matrices.items()}
    norm = _norm(levels.values())
    for number, ((a, b), level) in enumerate(levels.items()):
        left, top = grid.place(number)
        axes = page.axes(row, left, left + grid.side, top=top, height=grid.side)
        edges = [np.arange(size + 1) for size in level.shape]
        mesh = np.ma.masked_invalid(level.to_numpy())
        axes.pcolormesh(edges[1], edges[0], mesh, cmap=COLOURS, norm=norm, gid=f"map {a} – {b}")
        axes.set_title(_title(a, b, grid.side), fontsize=SMALL, loc="center", pad=3)
        _name_windows(axes, level, a, b, grid.side)
        _mark(axes, level, transitions.get(a, ()), transitions.get(b, ()), grid.side)
    _draw_scale(page, row, norm, measure)


def _log10(matrix: pd.DataFrame) -> pd.DataFrame:
    with np.errstate(divide="ignore"):
        return pd.DataFrame(np.log10(matrix.to_numpy()), matrix.index, matrix.columns)


def _title(a: str, b: str, width: float) -> str:
    """With names where there is room; they stand at the axes anyway."""
    title = f"within {a}" if a == b else f"{a} – {b}"
    return title if text_width(title) <= width else "within" if a == b else "across"


def _norm(levels: Iterable[pd.DataFrame]) -> Normalize:
    values = np.concatenate([level.to_numpy().ravel() for level in levels])
    values = values[np.isfinite(values)]
    return Normalize(values.min(), values.max()) if len(values) else Normalize(0, 1)


def _name_windows(axes: Axes, level: pd.DataFrame, a: str, b: str, side: float) -> None:
    """First steps of the windows at their lower edges, as many as there is room for."""
    across = max(text_width(str(start)) for start in level.columns) + 0.1
    for axis, starts, room in ((axes.xaxis, level.columns, across), (axes.yaxis, level.index, 1.5 * SMALL / 72)):
        every = max(1, int(np.ceil(len(starts) * room / side)))
        axis.set_ticks(range(0, len(starts), every), [str(start) for start in starts[::every]])
    axes.set(xlabel=shorten(b, side), ylabel=shorten(a, side))


def _mark(axes: Axes, level: pd.DataFrame, of_rows: Sequence[int], of_columns: Sequence[int], side: float) -> None:
    """Lines at the edges of windows at which a transition was found, finer where windows are many."""
    width = min(0.9, 0.15 * 72 * side / max(level.shape))
    halo: list[Stroke] = [withStroke(linewidth=2.4 * width, foreground="white")]
    for starts, steps, draw in ((level.index, of_rows, axes.axhline), (level.columns, of_columns, axes.axvline)):
        for step in steps:
            draw(list(starts).index(step), color="black", lw=width, path_effects=halo, gid=f"transition {step}")


def _draw_scale(page: Page, row: int, norm: Normalize, measure: str) -> None:
    middle = (LEFT + RIGHT) / 2
    axes = page.axes(row, middle - _BAR_WIDTH / 2, middle + _BAR_WIDTH / 2, top=page.heights[row] - _BAR, height=_BAR)
    axes.figure.colorbar(ScalarMappable(norm, COLOURS), cax=axes, orientation="horizontal")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(f"log₁₀ of the mean {measure.replace('_', ' ')} distance")
