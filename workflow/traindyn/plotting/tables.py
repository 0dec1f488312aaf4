"""Read the comparison's tables and check that they hold what the figures need."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from traindyn.errors import InputError

TEXT = "text"
NUMBER = "number"
FLAG = "true or false"

_RUN = {"architecture": TEXT, "optimizer": TEXT, "group": TEXT, "seed": NUMBER}
_DISTANCE = {
    "measure": TEXT,
    "group_a": TEXT,
    "seed_a": NUMBER,
    "window_start_a": NUMBER,
    "group_b": TEXT,
    "seed_b": NUMBER,
    "window_start_b": NUMBER,
    "distance": NUMBER,
}
_VERDICT_NUMBERS = (
    "n_a",
    "n_b",
    "paired_mean",
    "paired_sd",
    "between_mean",
    "within_a_mean",
    "within_b_mean",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p_value",
    "q_value",
    "swap_p",
)
_BOUNDS = ("window_start_a", "window_stop_a", "window_start_b", "window_stop_b")
_BOUNDARY = ("step", "ratio", "ratio_low", "ratio_high", "p_value", "q_value")
_EIGENVALUE = ("window_start", "window_stop", "mode", "real", "imag", "residual", "energy")

COLUMNS: dict[str, dict[str, str]] = {
    "spectra": {
        "experiment": TEXT,
        **_RUN,
        **dict.fromkeys(_EIGENVALUE, NUMBER),
    },
    "distances": _DISTANCE,
    "resampled_distances": _DISTANCE,
    "verdicts": {
        **dict.fromkeys(["measure", "group_a", "group_b"], TEXT),
        **dict.fromkeys(_VERDICT_NUMBERS, NUMBER),
        **dict.fromkeys(["verdict", "unit"], TEXT),
    },
    "window_verdicts": {
        **dict.fromkeys(["measure", "group_a", "group_b"], TEXT),
        **dict.fromkeys([*_BOUNDS, *_VERDICT_NUMBERS], NUMBER),
        **dict.fromkeys(["verdict", "unit"], TEXT),
    },
    "transitions": {
        **dict.fromkeys(["measure", "group"], TEXT),
        **dict.fromkeys(_BOUNDARY, NUMBER),
        "verdict": TEXT,
        **dict.fromkeys(["transition", "settled"], FLAG),
    },
    "learning_curves": {
        **_RUN,
        **dict.fromkeys(["step", "train_loss", "test_loss", "test_accuracy", "train_accuracy"], NUMBER),
    },
    "trajectories": {**_RUN, **dict.fromkeys(["replica", "step", "value"], NUMBER), "weight": TEXT},
    "diverged": {"experiment": TEXT, **_RUN, **dict.fromkeys(["replica", "step"], NUMBER)},
}
VERDICTS = ("non-conjugate", "equivalent", "undecided", "diverged")
_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {".parquet": pd.read_parquet, ".csv": pd.read_csv}


@dataclass(frozen=True)
class Tables:
    """The tables of one experiment, checked; columns as in ``COLUMNS``."""

    experiment: str
    spectra: pd.DataFrame
    distances: pd.DataFrame
    resampled_distances: pd.DataFrame
    verdicts: pd.DataFrame
    window_verdicts: pd.DataFrame
    transitions: pd.DataFrame
    learning_curves: pd.DataFrame
    trajectories: pd.DataFrame
    diverged: pd.DataFrame

    @cached_property
    def groups(self) -> list[str]:
        """Every group that any table names, sorted with numbers as numbers ("width 5" before "width 10")."""
        by_run = (self.spectra, self.learning_curves, self.trajectories, self.diverged)
        named = {group for table in by_run for group in table["group"]}
        named |= {group for side in ("group_a", "group_b") for group in self.verdicts[side]}
        return sorted(named, key=natural_order)

    @cached_property
    def measures(self) -> list[str]:
        """Every measure of the verdicts, the paper's first, the others in the table's order."""
        found = list(dict.fromkeys(self.verdicts["measure"]))
        return sorted(found, key=lambda measure: measure != "wasserstein")


def read_tables(
    experiment: str,
    *,
    spectra: str | Path,
    distances: str | Path,
    resampled_distances: str | Path,
    verdicts: str | Path,
    window_verdicts: str | Path,
    transitions: str | Path,
    learning_curves: str | Path,
    trajectories: str | Path,
    diverged: str | Path,
) -> Tables:
    """Read the tables of ``experiment`` from their files (.parquet or .csv).

    Raises:
        InputError: a file is missing or unreadable, a column is missing or not of its type, a verdict has an
            unknown name, or the spectra or the divergences belong to another experiment.
    """
    paths = {
        "spectra": spectra,
        "distances": distances,
        "resampled_distances": resampled_distances,
        "verdicts": verdicts,
        "window_verdicts": window_verdicts,
        "transitions": transitions,
        "learning_curves": learning_curves,
        "trajectories": trajectories,
        "diverged": diverged,
    }
    tables = {name: read_table(name, COLUMNS[name], path) for name, path in paths.items()}
    for name in ("spectra", "diverged"):
        _check_experiment(tables[name], experiment, paths[name])
    for name in ("verdicts", "window_verdicts", "transitions"):
        _check_verdicts(name, tables[name], paths[name])
    return Tables(experiment, **tables)


def natural_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key in which the digits of a text count as numbers: "width 5" < "width 10".

    Capitals come first: OGD and OMD keep their places, hence colours, whether there is a bisection or not.
    """
    parts = re.split(r"(\d+)", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def read_table(name: str, columns: Mapping[str, str], path: str | Path) -> pd.DataFrame:
    """A table from its file (.parquet or .csv), checked as in `check_columns`.

    Raises:
        InputError: the file is missing or unreadable, or a column is missing or not of its type.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix)
    if reader is None:
        raise InputError(f"{name} table '{path}': the name must end in one of: {', '.join(_READERS)}")
    if not path.is_file():
        raise InputError(f"{name} table '{path}': no such file")
    try:
        table = reader(path)
    except Exception as error:  # pyarrow and pandas raise many kinds; all mean an unreadable file
        raise InputError(f"{name} table '{path}': cannot be read ({error})") from error
    return check_columns(name, columns, table, path)


def check_table(name: str, table: pd.DataFrame, path: str | Path) -> pd.DataFrame:
    """A table of an experiment, checked as in ``check_columns``."""
    return check_columns(name, COLUMNS[name], table, path)


def check_columns(name: str, wanted: Mapping[str, str], table: pd.DataFrame, path: str | Path) -> pd.DataFrame:
    """The table with its required columns (name → kind) only: texts as ``str``, numbers as numbers, flags as ``bool``.

    Raises:
        InputError: a column is missing, or a column of numbers or flags holds something else.
    """
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise InputError(
            f"{name} table '{path}': missing column{'s' * (len(missing) > 1)} {', '.join(missing)} "
            f"(needed: {', '.join(wanted)})"
        )
    return pd.DataFrame({column: _column(table[column], kind, name, path) for column, kind in wanted.items()})


def _column(values: pd.Series, kind: str, name: str, path: str | Path) -> pd.Series:
    if kind == TEXT:
        if values.isna().any():
            raise InputError(f"{name} table '{path}': column {values.name} has empty entries, text is needed")
        return values.map(str).astype(object)
    if kind == FLAG:
        if not values.isin([True, False]).all():
            raise InputError(f"{name} table '{path}': column {values.name} must hold True or False")
        return values.astype(bool)
    try:
        # A column without entries has no type of its own, and one that is all null reads as objects.
        return pd.to_numeric(values.astype(float) if values.dtype == object else values)
    except (ValueError, TypeError) as error:
        raise InputError(f"{name} table '{path}': column {values.name} must hold numbers ({error})") from error


def _check_experiment(table: pd.DataFrame, experiment: str, path: str | Path) -> None:
    others = sorted(set(table["experiment"]) - {experiment})
    if others:
        raise InputError(f"table '{path}' holds experiment {', '.join(others)}, but '{experiment}' is asked for")


def _check_verdicts(name: str, table: pd.DataFrame, path: str | Path) -> None:
    unknown = sorted(set(table["verdict"]) - set(VERDICTS))
    if unknown:
        raise InputError(f"{name} table '{path}': unknown verdict {unknown[0]} (allowed: {', '.join(VERDICTS)})")
