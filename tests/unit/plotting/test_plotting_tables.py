"""Reading: what is missing or wrong is named in one line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic_tables import no_rows, optimizer_tables, width_tables, write_tables

from traindyn.errors import InputError
from traindyn.plotting import read_tables
from traindyn.plotting.tables import COLUMNS, check_table, natural_order


def test_tables_survive_writing_and_reading(tmp_path: Path) -> None:
    made = width_tables(seeds=3, diverged=(("width 5", 1, 40),))
    read = read_tables("width", **write_tables(made, tmp_path))
    for name in COLUMNS:
        pd.testing.assert_frame_equal(
            getattr(read, name)[list(COLUMNS[name])],
            getattr(made, name)[list(COLUMNS[name])].reset_index(drop=True),
            check_dtype=False,
        )


@pytest.mark.parametrize("name", list(COLUMNS))
def test_every_column_is_needed(name: str) -> None:
    table = no_rows(name)
    check_table(name, table, "file")
    for column in COLUMNS[name]:
        with pytest.raises(InputError, match=rf"{name} table 'file': missing column {column} "):
            check_table(name, table.drop(columns=column), "file")


def test_missing_column_in_a_file_names_file_and_column(tmp_path: Path) -> None:
    paths = write_tables(optimizer_tables(), tmp_path)
    pd.read_parquet(paths["spectra"]).drop(columns="imag").to_parquet(paths["spectra"])
    with pytest.raises(InputError, match=r"spectra\.parquet': missing column imag"):
        read_tables("optimizers-tan", **paths)


def test_missing_unreadable_and_unknown_files_are_named(tmp_path: Path) -> None:
    paths = write_tables(optimizer_tables(), tmp_path)
    with pytest.raises(InputError, match=r"verdicts table '.*nowhere\.csv': no such file"):
        read_tables("optimizers-tan", **(paths | {"verdicts": str(tmp_path / "nowhere.csv")}))
    with pytest.raises(InputError, match=r"must end in one of: \.parquet, \.csv"):
        read_tables("optimizers-tan", **(paths | {"verdicts": ""}))
    Path(paths["distances"]).write_text("not parquet")
    with pytest.raises(InputError, match=r"distances table .* cannot be read"):
        read_tables("optimizers-tan", **paths)


def test_wrong_values_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column distance must hold numbers"):
        check_table("distances", width_tables(seeds=2).distances.assign(distance="far"), "file")
    with pytest.raises(InputError, match="column group has empty entries"):
        check_table("spectra", width_tables(seeds=2).spectra.assign(group=None), "file")
    paths = write_tables(width_tables(seeds=2), tmp_path)
    with pytest.raises(InputError, match="holds experiment width, but 'depth' is asked for"):
        read_tables("depth", **paths)
    pd.read_csv(paths["verdicts"]).assign(verdict="maybe").to_csv(paths["verdicts"], index=False)
    with pytest.raises(InputError, match="unknown verdict maybe"):
        read_tables("width", **paths)


def test_groups_are_ordered_by_the_numbers_in_their_names() -> None:
    shuffled = ("width 40", "width 5", "width 10", "Width 7b", "width 5 wide")
    expected = ["Width 7b", "width 5", "width 5 wide", "width 10", "width 40"]
    assert sorted(shuffled, key=natural_order) == expected
    assert sorted(("bisection", "OMD", "OGD"), key=natural_order) == ["OGD", "OMD", "bisection"]
    rng = np.random.default_rng(0)
    tables = width_tables(tuple(rng.permutation(["width 5", "width 10", "width 40"])), seeds=2)
    assert tables.groups == ["width 5", "width 10", "width 40"]


def test_a_group_that_only_diverged_is_still_a_group() -> None:
    tables = width_tables(("a", "b"), seeds=1, diverged=(("b", 0, 3),))
    assert set(tables.spectra["group"]) == {"a"}
    assert tables.groups == ["a", "b"]
