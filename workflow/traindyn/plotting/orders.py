"""Interactions by order: their strengths at one checkpoint, measured shares beside those of theory."""

from math import comb

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GUIDE, GroupStyle

KINDS = {"and": 1.0, "or": 0.45}  # opacity


def noise_shares(variables: int) -> np.ndarray:
    """Shares (n,) of the orders where outputs are independent noise: C(n, k)·2^{k/2}."""
    order = np.arange(1, variables + 1)
    strength = np.array([comb(variables, k) for k in order]) * 2 ** (order / 2)
    return strength / strength.sum()


def signed_shares(strengths: pd.DataFrame) -> pd.DataFrame:
    """Columns positive and negative by kind and order, of one group's checkpoint: mean over seeds of shares of all."""
    totals = strengths.groupby("seed")[["positive", "negative"]].sum().sum(axis=1)
    own = strengths[strengths["seed"].map(totals) > 0]
    scaled = own[["positive", "negative"]].div(own["seed"].map(totals), axis=0)
    return scaled.groupby([own["kind"], own["order"]]).mean()


def draw_strengths(axes: Axes, strengths: pd.DataFrame, style: GroupStyle, *, noise: bool) -> None:
    """Shares of each order at one checkpoint of a group, positive ones upwards, negative ones down, AND below OR.

    noise: half the shares of independent outputs beside them, upwards and down.
    """
    shares = signed_shares(strengths)
    orders = sorted({int(order) for order in strengths["order"]})
    axes.axhline(0, color=GUIDE, lw=0.5, zorder=0)
    for column, sign in (("positive", 1), ("negative", -1)):
        base = np.zeros(len(orders))
        for kind, opacity in KINDS.items():
            if kind in shares.index:
                height = sign * shares.loc[kind].reindex(orders)[column].to_numpy()
                axes.bar(orders, height, 0.8, bottom=base, color=style.colour, alpha=opacity, lw=0)
                base = base + height
        if noise:
            axes.plot(orders, sign * noise_shares(len(orders)) / 2, color="black", lw=0.9, ls=(0, (2.2, 1.2)))
    axes.set_xticks(orders)


def draw_theory(axes: Axes, theory: pd.DataFrame, style: GroupStyle) -> None:
    """Shares of each order at one checkpoint of a group, mean over seeds: measured (bars) and of theory (line)."""
    means = theory.groupby("order")[["measured", "predicted"]].mean()
    axes.bar(means.index, means["measured"], 0.8, color=style.colour, alpha=0.45, lw=0)
    axes.plot(means.index, means["predicted"], color="black", marker="o", ms=2.6, lw=0.9)
    axes.set_xticks([int(order) for order in means.index])
