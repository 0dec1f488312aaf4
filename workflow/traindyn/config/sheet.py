"""A sheet of recordings: a table of labels, seeds and paths, separated by tabs."""

from __future__ import annotations

import csv
import glob
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from traindyn.config.plans import Label, Plan
from traindyn.errors import InputError

REQUIRED = ("label", "seed", "path")
# What a recording can number: 64-bit integers in its file, 9 digits in file names.
Number = Annotated[int, Field(ge=0, lt=10**9)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=4096)]


class Row(Plan):
    """A recording that exists already: one line of a sheet."""

    label: Label = Field(description="the group it belongs to")
    seed: Number = Field(description="number of the seed within the group; equal numbers of two groups are a pair")
    path: Text = Field(
        description="a file `.npy`, `.npz`, `.h5`, `.hdf5`, `.nc`, a folder `.zarr`, or a series of checkpoints: a "
        "folder of them, or a pattern with `*`; from the folder of the sheet, or absolute"
    )
    replica: Number | None = Field(
        None, description="number of the replica, where each replica of a seed has a line of its own"
    )
    key: Text | None = Field(
        None,
        description="array in an `.npz`, `.h5` or `.zarr`; state dict in a checkpoint (`model`); seed in a recording. "
        "Empty: the only one there is",
    )
    layers: Text | None = Field(
        None, description="patterns of parameter names in checkpoints and recordings, separated by spaces; empty: all"
    )
    loss: Text | None = Field(
        None, description="array of training losses (step) or (replica, step) beside the weights in the same file"
    )
    start: Number | None = Field(
        None,
        description="first step taken; of an array without step numbers: the number of its first record (empty: 0)",
    )
    stop: Number | None = Field(None, description="last step taken; empty: the last there is")
    every: Annotated[int, Field(ge=1, lt=10**9)] | None = Field(
        None, description="steps between records; empty: all that there are, of an array 1"
    )


@dataclass(frozen=True)
class Sheet:
    """Label → seed → the rows that make it: one, or one for each replica. In the order of the file."""

    path: Path
    groups: Mapping[str, Mapping[int, tuple[Row, ...]]]

    @property
    def rows(self) -> Iterator[tuple[Row, ...]]:
        """The rows of every seed."""
        return (rows for seeds in self.groups.values() for rows in seeds.values())


def read_sheet(path: str | Path) -> Sheet:
    """Read a sheet: UTF-8, a line of column names, tabs; lines that are empty or begin with # are left out.

    Paths in it are taken from its folder.

    Raises:
        InputError: one line that names the sheet, the line, the column, and what is allowed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"{path}: no sheet of recordings can be read ({reason})") from error
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise InputError(f"{path}: the sheet is empty; its first line names the columns: {', '.join(REQUIRED)}, …")
    columns = _columns(path, lines[0][1])
    rows = [(number, _row(f"{path}: line {number}", columns, line, path.parent)) for number, line in lines[1:]]
    if not rows:
        raise InputError(f"{path}: the sheet names columns, but no recording")
    return Sheet(path, _grouped(str(path), rows))


def slug(label: str) -> str:
    """A label as a part of file names: itself where it can be one, else what is left of it and a digest."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", label):
        return label
    return f"{re.sub('[^A-Za-z0-9]+', '-', label)[:48].strip('-')}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def _columns(path: Path, line: str) -> list[str]:
    columns = [name.strip() for name in _cells(line)]
    known = list(Row.model_fields)
    if len(columns) == 1:
        raise InputError(
            f"{path}: the first line has no tab; it must name columns separated by tabs: {', '.join(known)}"
        )
    for name in columns:
        if name not in known:
            raise InputError(f"{path}: unknown column {name!r}; allowed: {', '.join(known)}")
        if columns.count(name) > 1:
            raise InputError(f"{path}: column {name!r} stands there twice")
    for name in REQUIRED:
        if name not in columns:
            raise InputError(f"{path}: column {name!r} is missing; needed: {', '.join(REQUIRED)}")
    return columns


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE))


def _row(where: str, columns: list[str], line: str, folder: Path) -> Row:
    cells = [cell.strip() for cell in _cells(line)]
    if len(cells) > len(columns):
        raise InputError(f"{where}: {len(cells)} cells, but {len(columns)} columns")
    given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    try:
        row = Row.model_validate_strings(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        said = "missing" if first["type"] == "missing" else f"{given[name]!r}: {first['msg']}"
        raise InputError(f"{where}: {name} {said}") from error
    above = glob.escape(str(folder)) if glob.has_magic(row.path) else folder
    return row.model_copy(update={"path": os.path.normpath(Path(above, row.path))})


def _grouped(source: str, rows: list[tuple[int, Row]]) -> dict[str, dict[int, tuple[Row, ...]]]:
    groups: dict[str, dict[int, dict[int | None, tuple[int, Row]]]] = {}
    for number, row in rows:
        replicas = groups.setdefault(row.label, {}).setdefault(row.seed, {})
        other = replicas.get(
            row.replica, replicas.get(None) or (row.replica is None and next(iter(replicas.values()), None))
        )
        if other:
            raise InputError(
                f"{source}: lines {other[0]} and {number} are both seed {row.seed} of {row.label!r}; "
                "replicas of a seed are numbered in the column replica"
            )
        replicas[row.replica] = (number, row)
    return {
        label: {seed: tuple(row for _, (_, row) in sorted(replicas.items())) for seed, replicas in seeds.items()}
        for label, seeds in groups.items()
    }
