"""Spectra of all windows of a group near λ = 1, coloured by window."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap

from traindyn.plotting.page import LEFT, RIGHT, Page, shorten, text_width
from traindyn.plotting.spectra import Box, box_near_one, draw_eigenvalues
from traindyn.plotting.style import SMALL, GroupStyle

ABOVE = 0.19  # inches over a panel: the group's name
_LAST = RIGHT - 0.62  # inches: right edge of the last panel, before the scale
_BETWEEN, _BAR = 0.42, 0.08  # inches
_LABELS = 8  # windows named at the scale
_SHARE = 0.9  # of the eigenvalues lie within the radius that the panels show
_LIGHTEST = 0.92  # of the colour map: its end is too pale for white paper


def window_colours(starts: Sequence[int]) -> dict[int, str]:
    """First step of a window -> colour, from dark (early) to light (late), evenly over the windows there are."""
    places = np.linspace(0, _LIGHTEST, max(len(starts), 2))[: len(starts)]
    return {
        start: mpl.colors.to_hex(mpl.colormaps["plasma"](place)) for start, place in zip(starts, places, strict=True)
    }


def draw_window_spectra(page: Page, row: int, spectra: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """One panel per group, each with scales of its own, and the scale of colours beside them."""
    colours = window_colours(sorted(int(start) for start in spectra["window_start"].unique()))
    width = (_LAST - LEFT - (len(styles) - 1) * _BETWEEN) / len(styles)
    for number, (group, style) in enumerate(styles.items()):
        left = LEFT + number * (width + _BETWEEN)
        axes = page.axes(row, left, left + width, top=ABOVE)
        own = spectra[spectra["group"] == group]
        box = box_near_one(own, _SHARE)
        _draw_group(axes, own, style, colours, box)
        shown = f" ({_share_in(own, box):.0%})"
        axes.set_title(shorten(group, width - text_width(shown)) + shown, fontsize=SMALL, loc="center", pad=3)
        if number:
            axes.set_ylabel("")
    _draw_scale(page.axes(row, _LAST + 0.1, _LAST + 0.1 + _BAR, top=ABOVE), colours)


def _share_in(spectra: pd.DataFrame, box: Box) -> float:
    return float((spectra["real"].between(*box[:2]) & spectra["imag"].between(*box[2:])).mean())


def _draw_group(axes: Axes, own: pd.DataFrame, style: GroupStyle, colours: Mapping[int, str], box: Box) -> None:
    draw_eigenvalues(axes, own, {})
    for start in sorted(int(each) for each in own["window_start"].unique()):
        at = own[own["window_start"] == start]
        axes.scatter(
            at["real"],
            at["imag"],
            s=9,
            marker=style.marker,
            facecolors="none",
            edgecolors=colours[start],
            linewidths=0.6,
            zorder=3,
            gid=f"window {start}",
        )
    axes.set(xlim=box[:2], ylim=box[2:])
    axes.locator_params(nbins=3)


def _draw_scale(axes: Axes, colours: Mapping[int, str]) -> None:
    norm = BoundaryNorm(range(len(colours) + 1), len(colours))
    bar = axes.figure.colorbar(ScalarMappable(norm, ListedColormap(list(colours.values()))), cax=axes)
    every = -(-len(colours) // _LABELS)
    bar.set_ticks(
        [place + 0.5 for place in range(0, len(colours), every)], labels=[str(s) for s in list(colours)[::every]]
    )
    axes.minorticks_off()
    axes.tick_params(length=0)
    axes.set_ylabel("window from step")
