"""Writing tables, and the random streams."""

import math

import numpy as np
import pandas as pd
import pytest

from traindyn.errors import InputError
from traindyn.streams import stream
from traindyn.tables import write_table

FRAME = pd.DataFrame(
    {
        "name": ["a", "b,c", "ü"],
        "count": [1, 2, 3],
        "value": [0.1 + 0.2, math.nan, 1e-300],
        "flag": [1.0, np.inf, -0.0],
    }
)
READERS = {".csv": pd.read_csv, ".parquet": pd.read_parquet}


@pytest.mark.parametrize("ending", READERS)
def test_numbers_come_back_exactly(tmp_path, ending):
    path = tmp_path / "new" / f"table{ending}"
    write_table(FRAME, path)
    pd.testing.assert_frame_equal(READERS[ending](path), FRAME, check_exact=True)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", READERS)
def test_equal_content_is_equal_bytes(tmp_path, ending):
    paths = [tmp_path / f"{i}{ending}" for i in range(3)]
    write_table(FRAME, paths[0])
    write_table(FRAME.set_index(pd.Index([7, 8, 9])), paths[1])
    write_table(FRAME.assign(count=[1, 2, 4]), paths[2])
    first, second, other = (path.read_bytes() for path in paths)
    assert first == second
    assert first != other


def test_csv_bytes(tmp_path):
    write_table(FRAME, tmp_path / "t.csv")
    expected = 'name,count,value,flag\na,1,0.30000000000000004,1.0\n"b,c",2,,inf\nü,3,1e-300,-0.0\n'
    assert (tmp_path / "t.csv").read_bytes() == expected.encode()


@pytest.mark.parametrize("ending", READERS)
def test_whole_or_not_at_all(tmp_path, ending, monkeypatch):
    path = tmp_path / f"table{ending}"
    write_table(FRAME, path)
    before = path.read_bytes()

    def fails_half_way(self, target, **_):
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, f"to_{ending[1:]}", fails_half_way)
    with pytest.raises(InputError, match=rf"table\{ending}: cannot be written: disk full"):
        write_table(FRAME, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_unknown_ending(tmp_path):
    with pytest.raises(InputError, match=r"table\.xlsx.*\.parquet and \.csv"):
        write_table(FRAME, tmp_path / "table.xlsx")


def test_streams_belong_to_names():
    def draws(*arguments):
        return stream(*arguments).integers(2**63, size=4).tolist()

    assert draws(0, "a", "b") == draws(0, "a", "b")
    others = [(1, "a", "b"), (0, "b", "a"), (0, "ab"), (0, "a"), (0,), (2**70, "a", "b")]
    assert len({tuple(draws(*each)) for each in [(0, "a", "b"), *others]}) == 7
