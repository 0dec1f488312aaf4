"""Panels over the steps of one training: eigenvalues by window, exponents, interactions, power laws."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from traindyn.plotting.style import GUIDE, GroupStyle

AREA = 160.0  # points² of an order that has all of the strength
_FAINTEST = 0.15


def draw_eigenvalues(axes: Axes, spectra: pd.DataFrame, style: GroupStyle) -> None:
    """Moduli |λ|, a horizontal line over the steps of each window; opacity by energy, relative to the window's most."""
    axes.axhline(1, color=GUIDE, lw=0.6, zorder=0)
    for _, window in spectra.groupby("window_start"):
        share = np.sqrt(window["energy"] / window["energy"].max()).fillna(0)
        modulus = np.hypot(window["real"], window["imag"])
        for y, start, stop, opacity in zip(
            modulus, window["window_start"], window["window_stop"], share.clip(_FAINTEST, 1), strict=True
        ):
            axes.plot([start, stop - 1], [y, y], color=style.colour, alpha=float(opacity), solid_capstyle="butt")
    axes.set_ylabel("|λ|")


def draw_exponents(axes: Axes, exponents: pd.DataFrame, style: GroupStyle) -> None:
    """Exponents of each span between reports; the largest opaque, the others fainter."""
    axes.axhline(0, color=GUIDE, lw=0.6, zorder=0)
    indices = sorted(set(exponents["index"]))
    for rank, index in enumerate(reversed(indices), start=1):
        own = exponents[exponents["index"] == index].sort_values("step")
        opacity = _FAINTEST + (1 - _FAINTEST) * rank / len(indices)
        axes.plot(own["step"], own["local"], color=style.colour, alpha=opacity)
    axes.set_ylabel("per step")


def draw_orders(axes: Axes, strengths: pd.DataFrame, style: GroupStyle) -> None:
    """Strength (AND and OR, positive and negative) by order: areas are shares at a checkpoint; a line at the mean."""
    total = strengths.assign(strength=strengths["positive"] + strengths["negative"])
    by_order = total.groupby(["step", "order"])["strength"].sum().unstack()
    shares = by_order.div(by_order.sum(axis=1), axis=0)
    steps, orders = np.meshgrid(shares.index, shares.columns, indexing="ij")
    axes.scatter(steps, orders, s=AREA * shares.to_numpy(), color=style.colour, alpha=0.5, lw=0)
    axes.plot(shares.index, shares.to_numpy() @ shares.columns.to_numpy(), color=style.colour)
    axes.set(ylabel="order", ylim=(0, int(strengths["order"].max()) + 1))


def draw_power_laws(axes: Axes, power_laws: pd.DataFrame, equilibrium: pd.DataFrame, style: GroupStyle) -> None:
    """Exponents of densities with standard errors; filled where the step is at a local equilibrium."""
    settled = equilibrium.groupby("step")["equilibrium"].all()
    for kind, marker in {"weight": "s", "direction": "D"}.items():
        own = power_laws[(power_laws["kind"] == kind) & power_laws["exponent"].notna()]
        for full in (False, True):
            some = own[own["step"].map(settled).fillna(False).astype(bool) == full]
            axes.errorbar(
                some["step"], some["exponent"], yerr=some["error"], fmt=marker, ms=4, lw=0.8, color=style.colour,
                mfc=style.colour if full else "none",
            )  # fmt: skip
    if power_laws["exponent"].notna().sum() == 0:
        axes.text(0.5, 0.5, "no power law is claimed", ha="center", va="center", transform=axes.transAxes)
    axes.set_ylabel("d ln P / d ln |q|")
