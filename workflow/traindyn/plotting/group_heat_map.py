"""The heat map of distances between groups, rows and columns in one order, diverged groups at its end."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
from matplotlib.transforms import ScaledTranslation, Transform

from traindyn.plotting.page import shorten
from traindyn.plotting.style import GroupStyle
from traindyn.plotting.verdicts import LOOKS

COLOURS = "viridis"  # even in lightness, safe for every kind of colour vision
_WIDE_RANGE = 4.0  # ratio of largest to smallest distance beyond which colours are logarithmic


_MANY_TICKS = 50.0  # and beyond which powers of ten suffice as ticks


def draw_heat_map(axes: Axes, matrix: pd.DataFrame, order: Sequence[str], gone: Mapping[str, str]) -> QuadMesh | None:
    """Mean distances, cell (i, j) from (j, i) to (j + 1, i + 1); the rows of ``gone`` follow with their words.

    matrix: mean distances, on the diagonal those between seeds (outlined; NaN is left white); order: groups
    with a spectrum; gone: group without a spectrum -> why.
    """
    every = len(order) + len(gone)
    axes.set(xlim=(0, max(every, 1)), ylim=(max(every, 1), 0))
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    drawn = _cells(axes, matrix.loc[list(order), list(order)].to_numpy()) if len(order) else None
    for place, why in enumerate(gone.values(), start=len(order)):
        _gone(axes, place, every, why)
    return drawn


def draw_colour_bar(axes: Axes, drawn: QuadMesh, label: str) -> None:
    """A horizontal scale of the heat map's colours in a panel of its own."""
    axes.figure.colorbar(ScalarMappable(drawn.norm, drawn.cmap), cax=axes, orientation="horizontal")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    if isinstance(drawn.norm, LogNorm):
        low, high = drawn.get_clim()
        few = high < _MANY_TICKS * low
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel(label)


def draw_row_labels(axes: Axes, groups: Sequence[str], styles: Mapping[str, GroupStyle], width: float) -> None:
    """Right of each row its marker and name, at most ``width`` inches; over each column its marker."""
    for place, group in enumerate(groups):
        style, middle = styles[group], place + 0.5
        look: dict[str, Any] = {
            "ls": "none",
            "marker": style.marker,
            "ms": 4,
            "mfc": "none",
            "mec": style.colour,
            "clip_on": False,
        }
        axes.annotate(
            shorten(group, width),
            (1, middle),
            (13, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center_baseline",
            annotation_clip=False,
            gid="row",
        )
        _beside(axes, (1, middle), (7, 0), axes.get_yaxis_transform(), look)
        _beside(axes, (middle, 1), (0, 5.5), axes.get_xaxis_transform(), look)


def _beside(
    axes: Axes, where: tuple[float, float], points: tuple[float, float], transform: Transform, look: dict[str, Any]
) -> None:
    """A marker shifted by so many points from a place at the edge."""
    shift = ScaledTranslation(points[0] / 72, points[1] / 72, axes.figure.dpi_scale_trans)
    axes.plot([where[0]], [where[1]], transform=transform + shift, **look)


def _cells(axes: Axes, values: np.ndarray) -> QuadMesh:
    edges = np.arange(len(values) + 1)
    mesh = axes.pcolormesh(edges, edges, np.ma.masked_invalid(values), cmap=COLOURS, norm=_norm(values), gid="heat")
    for place in range(len(values)):
        axes.add_patch(Rectangle((place, place), 1, 1, fill=False, ec="white", lw=0.8, gid="own"))
    return mesh


def _norm(values: np.ndarray) -> Normalize:
    positive = values[np.isfinite(values) & (values > 0)]
    if not len(positive):
        return Normalize(0, 1)
    low, high = float(positive.min()), float(positive.max())
    if high > _WIDE_RANGE * low:
        return LogNorm(low, high, clip=True)
    return Normalize(0, high)


def _gone(axes: Axes, place: int, every: int, why: str) -> None:
    paper, ink, sign = LOOKS["diverged"]
    axes.add_patch(Rectangle((0, place), every, 1, fc=paper, ec="white", lw=0.6, zorder=3, gid="gone row"))
    axes.add_patch(Rectangle((place, 0), 1, every, fc=paper, ec="white", lw=0.6, zorder=2, gid="gone column"))
    axes.text(
        every / 2, place + 0.5, f"{sign} {why}", color=ink, ha="center", va="center_baseline", zorder=4, gid="gone"
    )
