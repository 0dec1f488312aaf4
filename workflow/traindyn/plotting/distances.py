"""Distances between groups beside the distances between the seeds of one group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from traindyn.errors import InputError
from traindyn.plotting.comparisons import Comparisons, Row, between
from traindyn.plotting.logarithmic import label_logarithmic
from traindyn.plotting.page import shorten, text_width
from traindyn.plotting.style import GUIDE, GroupStyle
from traindyn.plotting.tables import Tables
from traindyn.plotting.windows import distances_of_first_windows

LABEL_WIDTH = 1.55  # inches: no row label is wider
_MANY = 2000  # dots beyond which vector formats get one embedded picture of them
_WIDE_RANGE = 20.0  # ratio of largest to smallest distance beyond which the axis is logarithmic
_PAIR_COLOUR = "#444444"


def draw_distances(
    axes: Axes, tables: Tables, layout: Comparisons, styles: Mapping[str, GroupStyle], measure: str
) -> None:
    """One strip of dots per comparison, a box of its quartiles, its mean, and the mean over equal seeds.

    Dots are pairs of seeds; where a group has a single seed they are pairs of parts of its replicas.

    Raises:
        InputError: the distances table has rows but none by ``measure``.
    """
    _check_measure(tables, measure)
    full = distances_of_first_windows(tables, tables.distances, measure)
    parts = distances_of_first_windows(tables, tables.resampled_distances, measure)
    rng = np.random.default_rng(0)  # of the jitter only
    drawn: list[float] = []
    for row in layout.rows:
        seeds, dots = _finite(between(full, row)), dots_of(full, parts, row)
        _strip(axes, row, dots["distance"].to_numpy(), styles, rng)
        _means(axes, row, seeds if len(seeds) else dots)
        drawn += [*dots["distance"], *seeds["distance"]]
    _scale(axes, np.array(drawn))
    _label(axes, layout, measure)


def dots_of(full: pd.DataFrame, parts: pd.DataFrame, row: Row) -> pd.DataFrame:
    """The distances that show the spread in ``row``: between seeds if several, else between parts."""
    seeds = _finite(between(full, row))
    return seeds if len(seeds) > 1 else _finite(between(parts, row))


def label_width(layout: Comparisons) -> float:
    """Width in inches that the row labels need."""
    return max(text_width(_row_label(row)) for row in layout.rows) + 0.1


def annotate_distances(axes: Axes, layout: Comparisons, verdicts: pd.DataFrame, measure: str, offset: float) -> None:
    """Right of each pair: its distance over equal seeds (mean ± sd) and its verdict by ``measure``."""
    of_measure = verdicts[verdicts["measure"] == measure]
    for row in layout.pairs:
        found = between(of_measure, row)
        if found.empty:
            continue
        text = annotation(found.iloc[0], full=layout.full)
        axes.annotate(
            text,
            (1, row.centre),
            (72 * offset, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            linespacing=1.25,
            gid="annotation",
        )


def annotation(verdict: pd.Series, *, full: bool) -> str:
    """Distance and verdict in words, on lines of their own if ``full``, else the distance alone."""
    distance = _distance_text(verdict["paired_mean"], verdict["paired_sd"], full)
    return f"{distance}\n{verdict['verdict']}" if full else distance


def _distance_text(mean: float, sd: float, full: bool) -> str:
    if not np.isfinite(mean):
        return "no distance"
    if not np.isfinite(sd) or not full:
        return f"{mean:#.3g}"
    digits = max(0, 1 - int(np.floor(np.log10(sd)))) if sd > 0 else 4
    return f"{mean:.{digits}f} ± {sd:.{digits}f}" if digits < 6 else f"{mean:.1e} ± {sd:.0e}"


def _check_measure(tables: Tables, measure: str) -> None:
    known = sorted(set(tables.distances["measure"]))
    if known and measure not in known:
        raise InputError(f"distances table: no rows by measure {measure} (present: {', '.join(known)})")


def _finite(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[np.isfinite(rows["distance"])]


def _strip(axes: Axes, row: Row, dots: np.ndarray, styles: Mapping[str, GroupStyle], rng: np.random.Generator) -> None:
    colour = styles[row.group_a].colour if row.own else _PAIR_COLOUR
    half = min(0.3 * row.height, 0.08)
    jitter = row.centre + rng.uniform(-half, half, len(dots))
    alpha = 0.8 if len(dots) < 30 else 0.35 if len(dots) < 200 else 0.15
    axes.scatter(
        dots,
        jitter,
        s=5,
        color=colour,
        alpha=alpha,
        lw=0,
        rasterized=len(dots) > _MANY,
        gid=f"dots {row.label}",
    )
    if len(dots) >= 5:
        low, high = np.quantile(dots, (0.25, 0.75))
        corner, height = (low, row.centre - 0.7 * half), 1.4 * half
        axes.add_patch(Rectangle(corner, high - low, height, fill=False, ec="black", lw=0.7, zorder=3))


def _means(axes: Axes, row: Row, rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    axes.plot(
        rows["distance"].mean(),
        row.centre,
        marker="D",
        ms=4.2,
        mfc="white",
        mec="black",
        mew=0.9,
        zorder=5,
        gid="mean",
    )
    equal = rows[rows["seed_a"] == rows["seed_b"]]
    if not row.own and 1 < len(equal) < len(rows):
        axes.plot(
            equal["distance"].mean(),
            row.centre,
            marker="|",
            ms=min(15.0, 54 * row.height),
            mec="black",
            mew=1.4,
            zorder=4,
            gid="equal seeds",
        )


def _scale(axes: Axes, drawn: np.ndarray) -> None:
    """Logarithmic where the distances span much, linear from zero otherwise; no distance is left out."""
    if not len(drawn):
        axes.set_xticks([])
        axes.text(0.5, 0.5, "no distances", ha="center", va="center", transform=axes.transAxes)
        return
    positive = drawn[drawn > 0]
    if len(positive) and positive.max() > _WIDE_RANGE * positive.min():
        if (drawn <= 0).any():
            axes.set_xscale("symlog", linthresh=float(positive.min()))
        else:
            axes.set_xscale("log")
            axes.set_xlim(positive.min() / 1.6, positive.max() * 1.6)
            label_logarithmic(axes.xaxis)
    else:
        axes.set_xlim(0, 1.08 * float(positive.max()) if len(positive) else 1.0)
        axes.locator_params(axis="x", nbins=4)


def _label(axes: Axes, layout: Comparisons, measure: str) -> None:
    axes.set_ylim(layout.height, 0)
    axes.set_yticks([row.centre for row in layout.rows], [_row_label(row) for row in layout.rows])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GUIDE, lw=0.3, alpha=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"{measure.replace('_', ' ')} distance")


def _row_label(row: Row) -> str:
    if row.own:
        return shorten(row.label, LABEL_WIDTH)
    if text_width(row.label) <= LABEL_WIDTH:
        return row.label
    if row.height < 0.3:
        return f"{shorten(row.group_a, LABEL_WIDTH / 2 - 0.06)} – {shorten(row.group_b, LABEL_WIDTH / 2 - 0.06)}"
    return f"{shorten(row.group_a, LABEL_WIDTH - 0.1)} –\n{shorten(row.group_b, LABEL_WIDTH)}"


def distance_key(tables: Tables, layout: Comparisons, measure: str) -> list[Artist]:
    """Legend handles of the marks in the strips of ``layout``, named by what they stand for there."""
    full, parts = (
        distances_of_first_windows(tables, t, measure) for t in (tables.distances, tables.resampled_distances)
    )
    seeds = any(len(_finite(between(full, row))) > 1 for row in layout.rows)
    resampled = any(dots_of(full, parts, row)["distance"].size > 1 for row in layout.rows) and not seeds
    dot = "pair of parts of the replicas" if resampled else "pair of seeds"
    diamond = "all replicas (within a group: mean)" if resampled else "mean"
    handles: list[Artist] = [
        Line2D([], [], ls="none", marker="o", ms=2.5, mec="none", mfc=_PAIR_COLOUR, label=dot),
        Rectangle((0, 0), 1, 1, fill=False, ec="black", lw=0.7, label="quartiles"),
        Line2D([], [], ls="none", marker="D", ms=4.2, mfc="white", mec="black", mew=0.9, label=diamond),
    ]
    if seeds:
        handles.append(Line2D([], [], ls="none", marker="|", ms=9, mec="black", mew=1.4, label="mean, equal seeds"))
    return handles
