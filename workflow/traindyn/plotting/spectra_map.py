"""A map of all spectra: one point per group and seed, near where their distance is small."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.mds import PlaneMap, classical_mds
from traindyn.plotting.style import GroupStyle


def draw_spectra_map(axes: Axes, distances: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> PlaneMap | None:
    """Points at equal scales, a filled marker at each group's mean; returns their map.

    distances: between spectra, indexed by (group, seed). None is returned for fewer than two.
    """
    if len(distances) < 2:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "fewer than\ntwo spectra", ha="center", va="center", transform=axes.transAxes)
        return None
    found = classical_mds(distances.to_numpy())
    groups = distances.index.get_level_values(0)
    for group, style in styles.items():
        own = found.points[groups == group]
        if len(own):
            axes.scatter(
                own[:, 0],
                own[:, 1],
                s=11,
                marker=style.marker,
                facecolors="none",
                edgecolors=style.colour,
                linewidths=0.7,
                alpha=0.8,
                label=group,
            )
            centre = own.mean(axis=0)
            axes.plot(*centre, ls="none", marker=style.marker, ms=6, mfc=style.colour, mec="white", mew=0.8, gid="mean")
    _frame(axes, found)
    return found


def _frame(axes: Axes, found: PlaneMap) -> None:
    low, high = found.points.min(axis=0), found.points.max(axis=0)
    half = 0.56 * max(float((high - low).max()), np.finfo(float).tiny)
    centre = (low + high) / 2
    axes.set(
        xlim=(centre[0] - half, centre[0] + half),
        ylim=(centre[1] - half, centre[1] + half),
        xlabel=f"first coordinate ({found.shares[0]:.0%} of variance)",
        ylabel=f"second coordinate ({found.shares[1]:.0%})",
    )
    axes.locator_params(nbins=4)
    axes.set_aspect("equal")
