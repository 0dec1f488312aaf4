"""Writing tables: whole or not at all, equal content as equal bytes."""

from pathlib import Path

import pandas as pd

from traindyn.errors import InputError
from traindyn.whole import whole


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as .parquet or .csv, by the name's ending; the folder is made if need be.

    The file appears under its name when it is complete. No index is written; floats in csv are the shortest
    digits that give the same number again. Raises InputError for another ending, and where it cannot be written.
    """
    path = Path(path)
    if path.suffix not in (".parquet", ".csv"):
        raise InputError(f"{path}: unknown kind of table; allowed endings are .parquet and .csv")
    with whole(path) as temporary:
        if path.suffix == ".parquet":
            frame.to_parquet(temporary, engine="pyarrow", compression="zstd", index=False)
        else:
            frame.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")
