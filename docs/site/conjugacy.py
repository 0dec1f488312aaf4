"""Draws the picture of the page "What conjugate means": python docs/site/conjugacy.py docs/conjugacy.png"""

import sys

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from traindyn.koopman import fit
from traindyn.plotting.style import COLOURS, PAGE_WIDTH, styled

STEPS, DELAYS, MODES = 30, 3, 3
# Where |y| < 4 its inverse is smooth: y - y²/8 = v - u/2 has one solution there, and x = u - y²/4.
SYSTEMS = {
    "T: eigenvalues 0.95 and 0.8": ((0.95, 0.8), False),
    "S = h∘T∘h⁻¹: conjugate to T": ((0.95, 0.8), True),
    "another system: 0.95 and 0.7": ((0.95, 0.7), False),
}


def orbits(rates: tuple[float, float], curved: bool) -> np.ndarray:
    """Orbits (orbit, step, 2) of a linear map, or what h(x, y) = (x + y²/4, y + x/2) makes of them."""
    starts = np.array([(x, y) for x in (-1.5, -0.5, 0.5, 1.5) for y in (-1.8, 1.8)])
    x, y = np.moveaxis(starts[:, None] * np.array(rates) ** np.arange(STEPS)[:, None], 2, 0)
    return np.stack([x + y**2 / 4, y + x / 2] if curved else [x, y], axis=2)


@styled
def picture() -> Figure:
    """The orbits of three systems, over the eigenvalues that are fitted to them."""
    figure = Figure(figsize=(PAGE_WIDTH, 3.5), dpi=200)
    grid = figure.add_gridspec(2, 3, height_ratios=(2.2, 1), hspace=0.42, left=0.06, right=0.98, top=0.92, bottom=0.12)
    spectra = figure.add_subplot(grid[1, :])
    for place, (title, (rates, curved)) in enumerate(SYSTEMS.items()):
        found = orbits(rates, curved)
        _orbits(figure.add_subplot(grid[0, place]), found, title, COLOURS[place])
        eigenvalues = fit(found, DELAYS, MODES).eigenvalues
        spectra.plot(eigenvalues.real, np.full(len(eigenvalues), -place), "o", c=COLOURS[place], ms=6)
        for value in eigenvalues.real:
            spectra.annotate(f"{value:.2f}", (value, -place), (0, 6), textcoords="offset points", ha="center")
    spectra.set(xlim=(0.55, 1.0), ylim=(-2.5, 0.8), yticks=(0, -1, -2), xlabel="eigenvalues fitted to the orbits")
    spectra.set_yticklabels(["T", "S", "other"])
    spectra.grid(axis="y", c="#EEEEEE", lw=0.6)
    return figure


def _orbits(axes: Axes, found: np.ndarray, title: str, colour: str) -> None:
    for orbit in found:
        axes.plot(*orbit.T, ".-", c=colour, lw=0.8, ms=3)
        axes.plot(*orbit[0], "o", mfc="white", mec=colour, ms=4)
    axes.set_title(title)
    axes.set(xticks=[], yticks=[])
    axes.margins(0.06)


if __name__ == "__main__":
    picture().savefig(sys.argv[1])
