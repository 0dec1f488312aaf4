"""How often each way of judging is right on pairs of systems with a known answer."""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from traindyn.plotting.judgements import PAPER, alarms
from traindyn.plotting.page import RIGHT, Page, new_page, panel_title
from traindyn.plotting.style import PAGE_WIDTH, styled

DEFAULT = "principal_eigenvalues"
Fill = Literal["none", "full"]
HALVES: dict[str, tuple[Fill, float]] = {
    "selection": ("none", -0.18),
    "held out": ("full", 0.18),
}  # fill and place of the markers
COLOURS = {"false alarms": "#D55E00", "detections": "#0072B2"}
RULES = {PAPER: ("#777777", "s"), DEFAULT: ("#009E73", "o")}
_ROW, _LABELS = 0.18, 2.35  # inches


@styled
def known_answers(judged: pd.DataFrame) -> Figure:
    """Shares called non-conjugate by every method; by the paper's and the default, by setting and difference.

    judged: table of `known_answers.judgements`.
    """
    methods = list(dict.fromkeys(judged["method"]))
    differences = list(dict.fromkeys(sorted(judged[~judged["conjugate"]]["difference"])))
    heights = (_ROW * len(methods), _ROW * max(len(differences), 10))
    page = new_page("Pairs of systems with a known answer", {}, heights, _notes(judged), legend_lines=1)
    _methods(page, judged, methods)
    _settings(page.axes(1, 0.6, 3.1), judged[judged["conjugate"] & (judged["family"] == "linear systems")])
    _differences(page.axes(1, 4.35, RIGHT), judged[~judged["conjugate"]], differences)
    return page.figure


def _methods(page: Page, judged: pd.DataFrame, methods: list[str]) -> None:
    axes = page.axes(0, _LABELS, RIGHT)
    found = alarms(judged, ("half", "method", "conjugate"))
    for half, (fill, shift) in HALVES.items():
        for conjugate, colour in zip((True, False), COLOURS.values(), strict=True):
            rows = found[(found["half"] == half) & (found["conjugate"] == conjugate)].set_index("method")
            shares = rows["share"].reindex(methods)
            axes.plot(shares, np.arange(len(methods)) + shift, "o", c=colour, fillstyle=fill, ms=3.5)
    axes.axvline(0.1, c="#BBBBBB", lw=0.8, ls="--", zorder=0)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(methods) - 0.5, -0.5), xlabel="share of pairs called non-conjugate")
    axes.set_yticks(range(len(methods)), [method.replace("_", " ") for method in methods])
    axes.grid(axis="y", c="#EEEEEE", lw=0.6)
    panel_title(axes, "a", "every estimator and measure", offset=_LABELS - 0.15)
    handles = [
        Line2D([], [], ls="", marker="o", ms=4.5, c=colour, fillstyle=fill, label=f"{name}, {half}")
        for half, (fill, _) in HALVES.items()
        for name, colour in COLOURS.items()
    ]
    page.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.1 / PAGE_WIDTH, 1 - 0.3 / page.figure.get_figheight()),
        ncols=4, borderaxespad=0, borderpad=0, handlelength=1, columnspacing=1.4,
    )  # fmt: skip


def _settings(axes: Axes, judged: pd.DataFrame) -> None:
    """False alarms on linear systems by the strength of the coordinate change, by the two rules."""
    for method, (colour, marker) in RULES.items():
        found = alarms(judged[judged["method"] == method], ("strength",)).sort_values("strength")
        _with_errors(axes, found["strength"], found, colour, marker, method)
    axes.axhline(0.1, c="#BBBBBB", lw=0.8, ls="--", zorder=0)
    axes.set(xlabel="strength of the coordinate change", ylabel="false alarms", yticks=np.linspace(0, 1, 6))
    axes.set_ylim(-0.03, 1.45)  # room for the legend
    axes.legend(loc="upper left", handlelength=1.2)
    panel_title(axes, "b", "conjugate linear systems, both halves")


def _differences(axes: Axes, judged: pd.DataFrame, differences: list[str]) -> None:
    for shift, (method, (colour, marker)) in zip((-0.15, 0.15), RULES.items(), strict=True):
        found = alarms(judged[judged["method"] == method], ("difference",)).set_index("difference").reindex(differences)
        axes.plot(found["share"], np.arange(len(differences)) + shift, marker, c=colour, ms=4)
    counts = judged[judged["method"] == PAPER]["difference"].value_counts()
    axes.set_yticks(range(len(differences)), [f"{name} ({counts.get(name, 0)})" for name in differences])
    axes.set(xlim=(-0.03, 1.03), ylim=(len(differences) - 0.5, -0.5), xlabel="detections")
    axes.grid(axis="y", c="#EEEEEE", lw=0.6)
    panel_title(axes, "c", "what differs (pairs), both halves", offset=1.15)


def _with_errors(axes: Axes, x: pd.Series, found: pd.DataFrame, colour: str, marker: str, method: str) -> None:
    """Shares with Wilson's interval at one standard error."""
    n, p = found["pairs"], found["share"]
    centre, half = (p + 0.5 / n) / (1 + 1 / n), np.sqrt(p * (1 - p) / n + 0.25 / n**2) / (1 + 1 / n)
    axes.plot(x, p, marker + "-", c=colour, ms=4, lw=0.8, label=method.replace("_", " "))
    axes.vlines(x, centre - half, centre + half, colors=colour, lw=0.8)


def _notes(judged: pd.DataFrame) -> list[str]:
    counts = judged.drop_duplicates(["half", "pair"]).groupby("half", sort=False)["conjugate"].agg(["sum", "size"])
    halves = zip(counts.index, counts["sum"], counts["size"], strict=True)
    words = [f"{half}: {conjugate} conjugate, {pairs - conjugate} not" for half, conjugate, pairs in halves]
    return [
        f"Pairs, of 2 × 6 seeds × 5 replicas each: {'; '.join(words)}. Dashed: 10 % of false alarms.",
        "The selection half was looked at while the default was chosen. Bars: one standard error (Wilson).",
    ]
