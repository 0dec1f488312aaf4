"""Plots of the tables: seconds and memory by method, and scaling curves."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.case import OURS
from traindyn.plotting.save import save_figure
from traindyn.plotting.style import COLOURS, styled


def palette(methods: list[str]) -> dict[str, str]:
    """This project's colour is the same in every plot."""
    others = [method for method in dict.fromkeys(methods) if method != OURS]
    return {OURS: COLOURS[1]} | {method: (COLOURS[:1] + COLOURS[2:])[i % 7] for i, method in enumerate(others)}


@styled
def bars(rows: pd.DataFrame, stem: Path) -> None:
    """Seconds (with the ratio to this project) and peak memory of every method, a row of panels per problem."""
    # References that were run once, for the accuracy alone, are in the table.
    rows = rows[rows["ratio"].notna()]
    groups = list(rows.groupby("problem", sort=False))
    heights = [0.5 + 0.2 * len(group) for _, group in groups]
    figure, grid = plt.subplots(
        len(groups), 2, figsize=(7.0, sum(heights) + 0.4), height_ratios=heights, squeeze=False, layout="constrained"
    )
    for (problem, group), (time, memory) in zip(groups, grid, strict=True):
        _bars(
            time, group, "seconds", [f"{s:.3g} s, {r:.3g} ×" for s, r in zip(group.seconds, group.ratio, strict=True)]
        )
        _bars(memory, group, "peak_mib", [f"{mib:,.0f} MiB" for mib in group.peak_mib])
        memory.set(yticklabels=[])
        time.set_title(problem)
    grid[-1, 0].set_xlabel("seconds (median), and times traindyn's")
    grid[-1, 1].set_xlabel("peak memory of the process")
    _save(figure, stem)


def _bars(axes: Axes, group: pd.DataFrame, column: str, labels: list[str]) -> None:
    colours = palette(list(group.method))
    sns.barplot(group, x=column, y="method", hue="method", palette=colours, saturation=1, legend=False, ax=axes)
    axes.set(xscale="log", xlabel="", ylabel="")
    smallest, largest = group[column].min() / 3, group[column].max()
    # Room to the right of the longest bar for its label.
    axes.set_xlim(smallest, smallest * (largest / smallest) ** 1.6)
    for place, (value, text) in enumerate(zip(group[column], labels, strict=True)):
        axes.annotate(text, (value, place), xytext=(3, 0), textcoords="offset points", va="center")


@styled
def curves(rows: pd.DataFrame, stem: Path) -> None:
    """Seconds against size, a panel per axis."""
    axes_names = list(dict.fromkeys(rows.axis))
    lines = -(-len(axes_names) // 3)
    figure, grid = plt.subplots(lines, 3, figsize=(7.0, 2.3 * lines), squeeze=False, layout="constrained")
    colours = palette(list(rows.method))
    for name, axes in zip(axes_names, grid.flat, strict=False):
        part = rows[rows.axis == name]
        sns.lineplot(part, x="value", y="seconds", hue="method", style="method", palette=colours, markers=True, ax=axes)
        axes.set(xscale="log", yscale="log", xlabel=name, ylabel="seconds")
        axes.legend(title=None)
    for axes in list(grid.flat)[len(axes_names) :]:
        axes.set_axis_off()
    _save(figure, stem)


def _save(figure: Figure, stem: Path) -> None:
    save_figure(figure, stem)
    plt.close(figure)
