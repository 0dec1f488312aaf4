"""The fits file and the tables made of it."""

import h5py
import numpy as np
import pytest
import xarray as xr
from koopman_reference import random_data

from traindyn.errors import InputError
from traindyn.koopman import Row, Window, fit, resampled_table, spectra_table, table, write_fits

ATTRIBUTES = {"experiment": "width", "architecture": "mlp-40", "optimizer": "sgd", "group": "wide"}
COLUMNS = [
    *["experiment", "architecture", "optimizer", "group", "seed", "window_start", "window_stop"],
    *["mode", "real", "imag", "residual", "energy"],
]
WINDOW = Window(0, 40, slice(0, 40))


@pytest.fixture
def rows():
    data = random_data()
    return [
        Row(3, WINDOW, -1, fit(data, 2, 5)),
        Row(4, Window(10, 40, slice(10, 40)), -1, fit(data[:, 10:], 2, 3)),
        Row(3, WINDOW, 1, fit(data[1:], 2, 4)),
    ]


def test_every_number_comes_back(tmp_path, rows):
    path = tmp_path / "0.h5"
    write_fits(path, rows, ATTRIBUTES)
    with xr.open_dataset(path, engine="h5netcdf") as found:
        assert found.attrs == ATTRIBUTES
        assert dict(found.sizes) == {"fit": 3, "mode": 5, "mode_b": 5}
        assert found["seed"].values.tolist() == [3, 4, 3]
        assert found["window_start"].values.tolist() == [0, 10, 0]
        assert found["window_stop"].values.tolist() == [40, 40, 40]
        assert found["resample"].values.tolist() == [-1, -1, 1]
        assert found["modes"].values.tolist() == [5, 3, 4]
        assert found["method"].values.astype(str).tolist() == [row.fit.method for row in rows]
        for name in ("seed", "window_start", "window_stop", "resample", "modes"):
            assert found[name].dtype == np.int64
        for index, row in enumerate(rows):
            k, one = len(row.fit.eigenvalues), found.isel(fit=index)
            np.testing.assert_array_equal(one["real"][:k] + 1j * one["imag"][:k], row.fit.eigenvalues)
            np.testing.assert_array_equal(one["residual"][:k], row.fit.residuals)
            np.testing.assert_array_equal(one["energy"][:k], row.fit.energies)
            np.testing.assert_array_equal(one["singular_values"][:k], row.fit.singular_values)
            for name in "GAL":
                np.testing.assert_array_equal(one[name][:k, :k], getattr(row.fit, name))
                assert np.isnan(one[name][k:]).all()
                assert np.isnan(one[name][:, k:]).all()
            assert np.isnan(one["real"][k:]).all()


def test_numbers_are_checksummed(tmp_path, rows):
    path = tmp_path / "0.h5"
    write_fits(path, rows, ATTRIBUTES)
    with h5py.File(path) as file:
        numeric = [name for name, data in file.items() if data.dtype.kind in "if" and name not in file.attrs]
        variables = [name for name in numeric if not name.startswith(("fit", "mode", "string")) or name == "modes"]
        assert {"real", "seed", "G"} <= set(variables)
        assert all(file[name].fletcher32 for name in variables)
        offset = file["G"].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[offset + 3] ^= 255
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable fits file"):
        spectra_table([path])


def test_tables_part_whole_fits_from_resampled_ones(tmp_path, rows):
    path = tmp_path / "0.h5"
    write_fits(path, rows, ATTRIBUTES)
    whole, parts = spectra_table([path]), resampled_table([path])
    assert whole.columns.tolist() == COLUMNS == parts.columns.tolist()
    assert len(whole) == 5 + 3
    assert len(parts) == 4
    second = whole[whole.seed == 4]
    assert second["mode"].tolist() == [0, 1, 2]
    assert second.window_start.unique().tolist() == [10]
    assert second.window_stop.unique().tolist() == [40]
    np.testing.assert_array_equal(second.real + 1j * second.imag, rows[1].fit.eigenvalues)
    np.testing.assert_array_equal(second.residual, rows[1].fit.residuals)
    np.testing.assert_array_equal(second.energy, rows[1].fit.energies)
    assert parts.seed.unique().tolist() == [1]  # the number of the part
    for name, value in ATTRIBUTES.items():
        assert whole[name].unique().tolist() == [value]


def test_tables_join_files_in_order(tmp_path, rows):
    write_fits(tmp_path / "a.h5", rows[:1], ATTRIBUTES)
    write_fits(tmp_path / "b.h5", rows[1:2], {**ATTRIBUTES, "group": "other"})
    found = spectra_table([tmp_path / "b.h5", tmp_path / "a.h5"])
    assert found.group.tolist() == ["other"] * 3 + ["wide"] * 5


def test_no_fits_are_a_file_and_a_table_too(tmp_path, rows):
    write_fits(tmp_path / "none.h5", [], ATTRIBUTES)
    write_fits(tmp_path / "whole.h5", rows[:1], ATTRIBUTES)
    empty, full = resampled_table([tmp_path / "none.h5"]), spectra_table([tmp_path / "whole.h5"])
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert len(spectra_table([])) == 0


def test_files_are_written_whole_or_not_at_all(tmp_path, rows, monkeypatch):
    path = tmp_path / "0.h5"
    write_fits(path, rows[:1], ATTRIBUTES)
    before = path.read_bytes()

    def breaks(self, content):
        self.open("wb").write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(type(path), "write_bytes", breaks)
    with pytest.raises(InputError, match="disk full"):
        write_fits(path, rows, ATTRIBUTES)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["0.h5"]


@pytest.mark.parametrize("attributes", [{}, {**ATTRIBUTES, "colour": "red"}])
def test_attributes_are_the_contract(tmp_path, rows, attributes):
    with pytest.raises(InputError, match="expected"):
        write_fits(tmp_path / "0.h5", rows, attributes)


def test_unreadable_files_are_named(tmp_path):
    path = tmp_path / "text.h5"
    path.write_text("not a fits file")
    with pytest.raises(InputError, match=r"text\.h5: not a readable fits file"):
        spectra_table([path])


def test_columns_are_the_contract():
    assert list(table.COLUMNS) == COLUMNS
