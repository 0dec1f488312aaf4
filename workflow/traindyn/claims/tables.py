"""The tables of results that claims are read from."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from traindyn.errors import InputError

FILES = {
    "verdicts": "verdicts.csv",
    "distances": "distances.parquet",
    "spectra": "spectra.parquet",
    "learning_curves": "learning_curves.parquet",
    "transitions": "transitions.csv",
}
NEEDED = {
    "verdicts": "measure group_a group_b n_a n_b ratio ratio_low ratio_high verdict unit",
    "distances": "measure group_a seed_a window_start_a group_b seed_b window_start_b distance",
    "spectra": "group seed window_start real imag",
    "learning_curves": "group seed step test_accuracy train_accuracy",
    "transitions": "measure group step verdict transition",
}


def read_tables(paths: Iterable[str | Path]) -> dict[str, dict[str, pd.DataFrame]]:
    """Experiment → table name → table, of files `<experiment>/<table>` in any folder.

    Raises:
        InputError: a file that is none of these tables, cannot be read or lacks a column.
    """
    names = {file: name for name, file in FILES.items()}
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for path in map(Path, paths):
        if path.name not in names:
            raise InputError(f"{path}: not a table that claims are read from; allowed are {', '.join(names)}")
        found.setdefault(path.parent.name, {})[names[path.name]] = _read(path, NEEDED[names[path.name]].split())
    return found


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable table ({error})") from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError(f"{path}: column {missing[0]} is missing; needed are {', '.join(columns)}")
    return table
