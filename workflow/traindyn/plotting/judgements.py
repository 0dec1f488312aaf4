"""The table of judgements of pairs with a known answer, read and checked."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from traindyn.errors import InputError

PAPER = "wasserstein"
NEEDED = ("half", "pair", "conjugate", "family", "difference", "size", "strength", "noise", "method", "verdict")


def read_judgements(path: str | Path) -> pd.DataFrame:
    """The table of judgements.

    Raises:
        InputError: there is no such file, or a column is missing.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"judgements table '{path}': cannot be read ({error})") from error
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise InputError(f"judgements table '{path}': missing columns {', '.join(missing)}")
    return table


def alarms(judged: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Number of judgements and share called non-conjugate, by columns; in the order of the table."""
    called = judged.assign(alarm=judged["verdict"] == "non-conjugate")
    found = called.groupby(list(by), sort=False)["alarm"].agg(["size", "mean"])
    return found.rename(columns={"size": "pairs", "mean": "share"}).reset_index()
