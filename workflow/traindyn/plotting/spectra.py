"""Koopman eigenvalues in the complex plane, with the unit circle, and a closer look near the real axis."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from traindyn.plotting.style import GUIDE, GroupStyle

Box = tuple[float, float, float, float]  # real from, real to, imaginary from, imaginary to


def draw_plane(axes: Axes, spectra: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Every eigenvalue, in a square that holds all of them and the unit circle, at equal scales."""
    draw_eigenvalues(axes, spectra, styles)
    reach = 1.12 * max(1.0, np.hypot(spectra["real"], spectra["imag"]).max() if len(spectra) else 1.0)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    if reach < 1.5:
        axes.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))


def draw_zoom(axes: Axes, spectra: pd.DataFrame, styles: Mapping[str, GroupStyle], box: Box) -> None:
    """The eigenvalues inside ``box``; the unit circle is drawn true, the two scales may differ."""
    draw_eigenvalues(axes, spectra, styles)
    axes.set(xlim=box[:2], ylim=box[2:])
    axes.locator_params(nbins=5)


def draw_eigenvalues(axes: Axes, spectra: pd.DataFrame, styles: Mapping[str, GroupStyle]) -> None:
    """Open markers: eigenvalues lying on one another stay visible; smaller ones where seeds are many."""
    angle = np.linspace(0, 2 * np.pi, 1441)
    axes.plot(np.cos(angle), np.sin(angle), color=GUIDE, lw=0.7, zorder=1, gid="unit circle")
    axes.axhline(0, color=GUIDE, lw=0.4, zorder=0)
    axes.axvline(0, color=GUIDE, lw=0.4, zorder=0)
    for group, style in styles.items():
        own = spectra[spectra["group"] == group]
        many = own["seed"].nunique() > 3
        axes.scatter(
            own["real"],
            own["imag"],
            s=11 if many else 18,
            marker=style.marker,
            facecolors="none",
            edgecolors=style.colour,
            linewidths=0.6 if many else 0.9,
            alpha=0.7 if many else 1.0,
            zorder=3,
            label=group,
        )
    axes.set(xlabel="Re λ", ylabel="Im λ")


def outline(axes: Axes, box: Box) -> None:
    """A dashed rectangle where the zoom panel looks."""
    x, y = box[0], box[2]
    rectangle = Rectangle(
        (x, y), box[1] - x, box[3] - y, fill=False, ec="black", lw=0.6, ls=(0, (3, 2)), zorder=4, gid="zoom"
    )
    axes.add_patch(rectangle)


def box_of_real_axis(spectra: pd.DataFrame, start: float, stop: float) -> Box:
    """A box with real parts from ``start`` to ``stop`` that holds every imaginary part found there."""
    inside = spectra[spectra["real"].between(start, stop)]
    reach = max(0.05, 1.25 * inside["imag"].abs().max() if len(inside) else 0.0)
    return start, stop, -reach, reach


def box_near_one(spectra: pd.DataFrame, share: float = 0.75) -> Box:
    """A box at λ = 1 with a radius that holds ``share`` of the eigenvalues: where training spectra crowd."""
    if spectra.empty:
        return 0.5, 1.05, -0.05, 0.05
    away = np.hypot(spectra["real"] - 1, spectra["imag"])
    radius = float(np.clip(np.quantile(away, share), 0.002, 0.5))
    inside = spectra[away <= 1.25 * radius]
    right = 1 + max(0.12 * radius, 1.15 * float((inside["real"] - 1).max()))
    left = 1 - max(0.12 * radius, 1.08 * float((1 - inside["real"]).max()))
    reach = max(0.2 * radius, 1.15 * float(inside["imag"].abs().max()))
    return left, right, -reach, reach
