"""The table of verdicts under other settings, read and summed up."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from traindyn.errors import InputError
from traindyn.plotting.tables import FLAG, NUMBER, TEXT, VERDICTS, read_table

NUMBERS = ("delays", "delays_times_weights", "modes", "components")
COLUMNS = {
    **dict.fromkeys(NUMBERS, NUMBER),
    "window": TEXT,
    "configured": FLAG,
    **dict.fromkeys(("measure", "group_a", "group_b", "verdict"), TEXT),
    **dict.fromkeys(("ratio", "q_value"), NUMBER),
}
PAIR = ["measure", "group_a", "group_b"]


@dataclass(frozen=True)
class Sensitivity:
    """verdicts: a row per setting, measure and pair of groups, columns as in COLUMNS."""

    experiment: str
    verdicts: pd.DataFrame


def read_sensitivity(experiment: str, path: str | Path) -> Sensitivity:
    """The table of a sweep.

    Raises:
        InputError: it is missing or unreadable, a column is missing or not of its type, a verdict has an unknown name,
            or no setting, or several, are the configured one.
    """
    table = read_table("sensitivity", COLUMNS, path)
    unknown = sorted(set(table["verdict"]) - set(VERDICTS))
    if unknown:
        raise InputError(f"sensitivity table '{path}': unknown verdict {unknown[0]} (allowed: {', '.join(VERDICTS)})")
    if (table.groupby(PAIR)["configured"].sum() != 1).any():
        raise InputError(f"sensitivity table '{path}': every pair of groups must have one configured setting")
    return Sensitivity(experiment, table)


def standing(verdicts: pd.DataFrame) -> pd.DataFrame:
    """For how many settings the configured verdict stands: one row per measure and pair of groups.

    Columns: measure, group_a, group_b, verdict (the configured one), stands (share of all settings that agree with it),
    settings, and the number of settings with each verdict.
    """
    own = verdicts[verdicts["configured"]].set_index(PAIR)["verdict"]
    by_pair = verdicts.join(own.rename("own"), on=PAIR).groupby(PAIR, sort=False)
    stands = by_pair[["verdict", "own"]].apply(lambda rows: float((rows["verdict"] == rows["own"]).mean()))
    counts = by_pair["verdict"].value_counts().unstack(fill_value=0).reindex(columns=list(VERDICTS), fill_value=0)
    found = pd.DataFrame({"verdict": own, "stands": stands, "settings": by_pair.size()})
    return found.join(counts).loc[own.index].reset_index()
