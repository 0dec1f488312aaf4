"""How every figure looks: colours, markers, sizes, and the settings that make its bytes reproducible."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl

P = ParamSpec("P")
R = TypeVar("R")

# Okabe & Ito (2008), ordered so that the first three differ most for every kind of colour vision. Their
# yellow is too faint for lines on white paper: a grey stands in its place.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#888888")
# Eleven markers and eight colours share no factor: 88 groups before a combination repeats.
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "p", "h")

PAGE_WIDTH = 7.0  # inches: the text width of a printed page
SMALL, NORMAL, LETTER = 7.0, 8.0, 10.0  # points; nothing is smaller than SMALL
GUIDE = "#9A9A9A"  # axes at zero, unit circle, outlines: what is not data

SETTINGS: dict[str, Any] = {
    "font.size": SMALL,
    "axes.labelsize": SMALL,
    "axes.titlesize": NORMAL,
    "axes.titlelocation": "left",
    "axes.titlepad": 5.0,
    "axes.labelpad": 2.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "lines.linewidth": 1.1,
    "pdf.fonttype": 42,  # text stays text when the PDF is edited
    "svg.hashsalt": "traindyn",  # else every SVG draws new random identifiers
    "path.simplify": True,
}


@dataclass(frozen=True)
class GroupStyle:
    """Colour and marker of one group, the same in every panel."""

    colour: str
    marker: str


def group_styles(groups: Sequence[str]) -> dict[str, GroupStyle]:
    """One colour and one marker for each group, by its place in ``groups``."""
    return {group: GroupStyle(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, group in enumerate(groups)}


@contextmanager
def project_style() -> Iterator[None]:
    """Matplotlib's defaults plus ``SETTINGS``: a person's own matplotlibrc changes nothing."""
    with mpl.rc_context():
        mpl.rcdefaults()
        settings: Any = mpl.rcParams  # its stub knows the keys as literals only
        settings.update(SETTINGS)
        yield


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under ``project_style``."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with project_style():
            return draw(*args, **kwargs)

    return wrapper
