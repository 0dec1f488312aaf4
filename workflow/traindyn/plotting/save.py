"""Write a figure as PNG, SVG and PDF, all whole or none, with bytes that depend on nothing but the figure."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from traindyn.errors import InputError
from traindyn.plotting.style import styled
from traindyn.whole import whole

RESOLUTION = 200  # dots per inch of the PNG
# What each format would write about the moment and the program of its making, left out.
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True)
class SavedFigure:
    """Where a figure was written."""

    png: Path
    svg: Path
    pdf: Path


@styled
def save_figure(figure: Figure, stem: str | Path) -> SavedFigure:
    """Write ``stem``.png (200 dpi), ``stem``.svg and ``stem``.pdf; the folder is made if need be.

    Nothing appears under the final names before all three formats are drawn.

    Raises:
        InputError: ``stem`` is empty, or a file cannot be written.
    """
    stem = Path(stem)
    if not stem.name:
        raise InputError("figure: the output stem is empty, a path without suffix is needed")
    final = {kind: stem.with_name(f"{stem.name}.{kind}") for kind in _METADATA}
    with ExitStack() as stack:
        for kind, path in final.items():
            drawn = stack.enter_context(whole(path))
            figure.savefig(drawn, format=kind, dpi=RESOLUTION, metadata=_METADATA[kind])
    return SavedFigure(**final)
