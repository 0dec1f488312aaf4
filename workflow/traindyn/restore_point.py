"""A restore point: the small tables of a run, kept with digests, from which its figures can be drawn again.

The folder is a working directory of the workflow: `results/<experiment>/` holds the tables, `config.yaml` the
configuration of the run with `tables: kept`, `made_by.json` versions and commit, `SHA256SUMS` the digests of all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from traindyn.errors import InputError
from traindyn.provenance import git_commit, versions

if TYPE_CHECKING:
    import pandas as pd

SUMS, CONFIG, MADE_BY = "SHA256SUMS", "config.yaml", "made_by.json"
THINNED = ("learning_curves.parquet", "trajectories.parquet")
TABLES = (
    *("spectra.parquet", "distances.parquet", "resampled_distances.parquet", "verdicts.csv"),
    *("window_verdicts.csv", "transitions.csv", "diverged.csv"),
    *THINNED,
)
PLACE = ("data_dir", "environment")  # keys that say something of a machine
Further = Mapping[str, Iterable[str]]  # experiment → tables beside TABLES
NONE: Further = MappingProxyType({})
STEPS = 200  # kept of a curve with more: a panel is a few hundred points wide


def files(experiments: Collection[str], further: Further = NONE) -> list[str]:
    """The tables of these experiments, which have the same names in the run's folder and in the restore point's."""
    compared = set(experiments)
    return [
        f"results/{name}/{table}"
        for name in dict.fromkeys((*experiments, *further))
        for table in (*(TABLES if name in compared else ()), *further.get(name, ()))
    ]


def write(
    folder: Path, experiments: Collection[str], configuration: Mapping[str, Any], further: Further = NONE
) -> None:
    """Keep the tables of a run in the current folder.

    Args:
        folder: the restore point.
        experiments: those that are compared, whose TABLES are kept.
        further: other tables to keep.
        configuration: raw, as the run was given it; where its data lay and in what environment is not kept.
    """
    # The process of every job reads the names of the files: what only writing needs is imported here.
    import pandas as pd
    import yaml

    from traindyn.tables import write_table

    kept = files(experiments, further)
    for path in map(Path, kept):
        target = folder / path
        if path.name in THINNED:
            write_table(thinned(pd.read_parquet(path)), target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    raw = {key: value for key, value in configuration.items() if key not in PLACE} | {"tables": "kept"}
    (folder / CONFIG).write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")
    made_by = {"versions": versions(), "git_commit": git_commit()}
    (folder / MADE_BY).write_text(json.dumps(made_by, indent=2) + "\n", encoding="utf-8")
    sums = [f"{_digest(folder / name)}  {name}\n" for name in (CONFIG, MADE_BY, *kept)]
    (folder / SUMS).write_text("".join(sums), encoding="ascii")


def check(folder: Path, experiments: Collection[str], further: Further = NONE) -> None:
    """Compare every file of a restore point with its digest.

    Raises:
        InputError: naming the first file that is missing, damaged, or not listed.
    """
    listed = _listed(folder / SUMS)
    missing = [name for name in files(experiments, further) if name not in listed]
    if missing:
        raise InputError(f"{folder / SUMS}: has no digest of {missing[0]}; restore the folder from git")
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file():
            raise InputError(f"{path}: missing from the restore point; restore it from git")
        if _digest(path) != digest:
            raise InputError(f"{path}: damaged: its SHA-256 is not the one in {SUMS}; restore it from git")


def thinned(curves: pd.DataFrame) -> pd.DataFrame:
    """Rows at about STEPS of the steps, evenly spread, and at all with an evaluation; numbers as float32."""
    import numpy as np

    steps = np.unique(curves["step"])
    keep = curves["step"].isin(steps[np.unique(np.linspace(0, len(steps) - 1, STEPS).round().astype(int))])
    if "test_loss" in curves:
        keep |= curves["test_loss"].notna()
    floats = dict.fromkeys(curves.select_dtypes("float64"), np.float32)
    return curves[keep].astype(floats).reset_index(drop=True)


def _listed(path: Path) -> dict[str, str]:
    """File name → digest."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: missing or damaged list of digests; restore it from git") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
