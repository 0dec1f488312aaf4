"""Write a figure as PNG, SVG and PDF, all whole or none, with bytes that depend on nothing but the figure."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from traindyn.errors import InputError
from traindyn.plotting.style import styled

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
        InputError: ``stem`` is empty, or its folder cannot be made.
    """
    stem = Path(stem)
    if not stem.name:
        raise InputError("figure: the output stem is empty, a path without suffix is needed")
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"figure '{stem}': its folder cannot be made ({error})") from error
    final = {kind: stem.with_name(f"{stem.name}.{kind}") for kind in _METADATA}
    with tempfile.TemporaryDirectory(dir=stem.parent, prefix=f".{stem.name}-") as folder:
        drawn = {kind: Path(folder) / f"figure.{kind}" for kind in _METADATA}
        for kind, path in drawn.items():
            figure.savefig(path, format=kind, dpi=RESOLUTION, metadata=_METADATA[kind])
        for kind, path in drawn.items():
            path.replace(final[kind])
    return SavedFigure(**final)
