"""Hierarchical clustering of groups by their distances, and its dendrogram beside a matrix's rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GUIDE


@dataclass(frozen=True)
class Tree:
    """Groups in the order of the leaves, and scipy's linkage matrix (None for fewer than two groups)."""

    groups: tuple[str, ...]
    linkage: np.ndarray | None


def cluster(matrix: pd.DataFrame) -> Tree:
    """Average linkage: two clusters join at the mean distance between their groups.

    Leaves are ordered so that neighbours are as close as the tree allows (Bar-Joseph et al. 2001).
    """
    if len(matrix) < 2:
        return Tree(tuple(matrix.index), None)
    # Imported here: half a second that the other figures need not spend.
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    between = matrix.to_numpy(copy=True)
    np.fill_diagonal(between, 0.0)  # what lies on the diagonal is the scatter of seeds, not a distance of groups
    tree = linkage(squareform(between, checks=False), method="average", optimal_ordering=True)
    return Tree(tuple(matrix.index[leaves_list(tree)]), tree)


def draw_dendrogram(axes: Axes, tree: Tree, scatter: float) -> None:
    """The tree with its root to the left and leaf ``i`` at height ``i + 0.5``; the caller sets the height's limits.

    scatter: mean distance between seeds of one group, dotted: what joins there is as close as seeds are.
    """
    if tree.linkage is None:
        axes.set_axis_off()
        return
    from scipy.cluster.hierarchy import dendrogram

    lines = dendrogram(tree.linkage, no_plot=True)
    for height, place in zip(lines["dcoord"], lines["icoord"], strict=True):
        # scipy puts leaf i at 10 i + 5.
        axes.plot(height, np.array(place) / 10, color="black", lw=0.8, solid_joinstyle="miter", gid="branch")
    highest = float(tree.linkage[:, 2].max())
    reach = max(highest, scatter if np.isfinite(scatter) else 0.0) or 1.0
    if np.isfinite(scatter):
        axes.axvline(scatter, color=GUIDE, lw=0.8, ls=(0, (1, 1.5)), zorder=0, gid="scatter of seeds")
    axes.set_xlim(1.04 * reach, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=2)
    axes.set_xlabel("distance")
