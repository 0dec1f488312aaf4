"""The tables of results that claims are read from."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from traindyn.config import COMPANIONS
from traindyn.errors import InputError

FILES = {
    "verdicts": "verdicts.csv",
    "distances": "distances.parquet",
    "spectra": "spectra.parquet",
    "learning_curves": "learning_curves.parquet",
    "transitions": "transitions.csv",
}
FILES |= {f"{s}/{name}": f"{s}/{file}" for s in COMPANIONS for name, file in COMPANIONS[s].tables.items()}
NEEDED = {
    "verdicts": "measure group_a group_b n_a n_b ratio ratio_low ratio_high verdict unit",
    "distances": "measure group_a seed_a window_start_a group_b seed_b window_start_b distance",
    "spectra": "group seed window_start real imag",
    "learning_curves": "group seed step test_accuracy train_accuracy",
    "transitions": "measure group step verdict transition",
}


def read_tables(paths: Iterable[str | Path]) -> dict[str, dict[str, pd.DataFrame]]:
    """Experiment → table name → table, of files `<experiment>/<table>` in any folder, as in FILES.

    Raises:
        InputError: a file that is none of these tables, cannot be read or lacks a column.
    """
    names = {Path(file).parts: name for name, file in FILES.items()}
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for path in map(Path, paths):
        parts = path.parts[-2:] if path.parts[-2:] in names else path.parts[-1:]
        if parts not in names:
            raise InputError(f"{path}: not a table that claims are read from; allowed are {', '.join(FILES.values())}")
        experiment = path.parents[len(parts) - 1].name
        found.setdefault(experiment, {})[names[parts]] = _read(path, NEEDED.get(names[parts], "group").split())
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
