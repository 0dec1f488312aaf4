"""Plots of the tables: seconds and memory by method, and scaling curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.case import OURS
from traindyn.plotting.save import save_figure
from traindyn.plotting.style import COLOURS, styled


def palette(methods: Sequence[str]) -> dict[str, str]:
    """This project's colour is the same in every plot."""
    others = [method for method in dict.fromkeys(methods) if method != OURS]
    free = COLOURS[:1] + COLOURS[2:]
    return {OURS: COLOURS[1]} | {method: free[place % len(free)] for place, method in enumerate(others)}


@styled
def comparison(rows: pd.DataFrame, stem: Path) -> None:
    """Seconds (with the ratio to this project) and peak memory of every method, a row of panels per problem."""
    rows = rows[rows["seconds"].notna()]  # what failed is in the table
    groups = list(rows.groupby("problem", sort=False))
    heights = [0.5 + 0.2 * len(group) for _, group in groups]
    figure, grid = plt.subplots(
        len(groups), 2, figsize=(7.0, sum(heights) + 0.4), height_ratios=heights, squeeze=False, layout="constrained"
    )
    for (problem, group), (time, memory) in zip(groups, grid, strict=True):
        _times(time, group)
        _memory(memory, group)
        time.set_title(problem)
    grid[-1, 0].set_xlabel("seconds: median, range; × traindyn")
    grid[-1, 1].set_xlabel("peak memory of the process (MiB)")
    _save(figure, stem)


def _times(axes: Axes, group: pd.DataFrame) -> None:
    """Points: times span decades, and a bar on a logarithmic axis has no beginning."""
    colours = palette(list(group.method))
    axes.hlines(group.method, group.fastest, group.slowest, [colours[method] for method in group.method])
    sns.scatterplot(group, x="seconds", y="method", hue="method", palette=colours, legend=False, s=30, ax=axes)
    axes.set(xscale="log", xlabel="", ylabel="", ylim=(len(group) - 0.5, -0.5))
    smallest, largest = group.fastest.min() / 1.5, group.slowest.max()
    axes.set_xlim(smallest, largest * max((largest / smallest) ** 0.7, 3))  # room for the label of the slowest
    axes.xaxis.set_minor_formatter(NullFormatter())
    for row in group.itertuples():
        text = f"{row.seconds:.3g} s, {row.ratio:.3g} ×"
        axes.annotate(text, (row.slowest, row.method), xytext=(6, 0), textcoords="offset points", va="center")


def _memory(axes: Axes, group: pd.DataFrame) -> None:
    colours = palette(list(group.method))
    sns.barplot(group, x="peak_mib", y="method", hue="method", palette=colours, saturation=1, legend=False, ax=axes)
    axes.set(xlabel="", ylabel="", yticklabels=[], xlim=(0, 1.4 * group.peak_mib.max()))
    for bars in axes.containers:
        axes.bar_label(bars, fmt="{:,.0f}", padding=3)


@styled
def curves(rows: pd.DataFrame, stem: Path) -> None:
    """Seconds against size, a panel per axis."""
    names = list(dict.fromkeys(rows.axis))
    lines = -(-len(names) // 3)
    figure, grid = plt.subplots(lines, 3, figsize=(7.0, 2.3 * lines), squeeze=False, layout="constrained")
    colours = palette(list(rows.method))
    for name, axes in zip(names, grid.flat, strict=False):
        part = rows[rows.axis == name]
        sns.lineplot(
            part, x="value", y="seconds", hue="method", style="method", palette=colours, markers=["o", "s"], ax=axes
        )
        axes.set(xscale="log", yscale="log", xlabel=name, ylabel="seconds")
        sizes = sorted(set(part.value))
        axes.set_xticks(sizes, [f"{size:g}" if size >= 100 else f"{size:.2g}" for size in sizes])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.legend(title=None)
    for axes in list(grid.flat)[len(names) :]:
        axes.remove()
    _save(figure, stem)


def _save(figure: Figure, stem: Path) -> None:
    save_figure(figure, stem)
    plt.close(figure)
