"""Fits files -> spectra, and what becomes of damaged files."""

from dataclasses import fields, replace

import h5py
import numpy as np
import pytest
from synthetic_spectra import noisy_group, simulated, spectrum, write_fits

from traindyn.compare import read_spectra
from traindyn.errors import InputError


def same(a, b) -> bool:
    pairs = [(getattr(a, field.name), getattr(b, field.name)) for field in fields(a)]
    return all(np.array_equal(x, y) for x, y in pairs)


def test_what_was_written_comes_back_in_order(tmp_path):
    rng = np.random.default_rng(0)
    seeds = [simulated(rng, "wide", seed, k)[0] for seed, k in ((2, 5), (0, 3), (1, 4))]
    later = replace(simulated(rng, "wide", 0)[0], window_start=50, window_stop=60)
    narrow = simulated(rng, "narrow", 1)[0]
    paths = [
        write_fits(tmp_path / "1.h5", [seeds[0], later]),
        write_fits(tmp_path / "2.h5", [narrow]),
        write_fits(tmp_path / "3.h5", [seeds[1], seeds[2]]),
    ]
    found = read_spectra(paths)
    expected = [seeds[1], later, seeds[2], seeds[0], narrow]
    assert len(found) == len(expected)
    assert all(same(*pair) for pair in zip(found, expected, strict=True))


def test_order_of_files_within_a_group_is_free(tmp_path):
    group = noisy_group(np.random.default_rng(1), "a", [0.9, 0.8], 4, 0.1)
    paths = [write_fits(tmp_path / f"{s.seed}.h5", [s]) for s in group]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        found = read_spectra([str(paths[i]) for i in order])
        assert [s.seed for s in found] == [0, 1, 2, 3]


def test_parts_take_the_place_of_seeds(tmp_path):
    spectra = [spectrum([0.9, 0.1 * part], seed=3) for part in range(3)]
    path = write_fits(tmp_path / "fits.h5", spectra, parts=[1, -1, 0])
    whole, parts = read_spectra([path]), read_spectra([path], resampled=True)
    assert [(s.seed, s.eigenvalues[1]) for s in whole] == [(3, 0.1)]
    assert [(s.seed, s.eigenvalues[1]) for s in parts] == [(0, 0.2), (1, 0.0)]


def test_a_file_without_fits(tmp_path):
    """All seeds diverged: the file is there, and empty."""
    assert read_spectra([write_fits(tmp_path / "none.h5", [])]) == []


GOOD = [spectrum([0.9, 0.8], seed=0), spectrum([0.7], seed=1)]


def refused(path) -> str:
    """The message of the InputError, which has to name the file on one line."""
    with pytest.raises(InputError) as caught:
        read_spectra([path])
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_missing_file(tmp_path):
    assert "no such" in refused(tmp_path / "absent.h5")


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9])
def test_truncated(tmp_path, share):
    path = write_fits(tmp_path / "fits.h5", GOOD)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert "damaged" in refused(path)


def test_not_a_fits_file(tmp_path):
    path = tmp_path / "fits.h5"
    path.write_text("measure,distance\n")
    assert "damaged" in refused(path)


@pytest.mark.parametrize("variable", ["real", "energy", "G", "A", "L", "seed"])
def test_flipped_bits_of_any_number(tmp_path, variable):
    """The files carry checksums: a bit flipped in the stored numbers is found, whichever number it is."""
    path = write_fits(tmp_path / "fits.h5", GOOD)
    with h5py.File(path) as file:
        place = file[variable].id.get_chunk_info(0).byte_offset
    damaged = bytearray(path.read_bytes())
    damaged[place + 2] ^= 0x10
    path.write_bytes(damaged)
    assert "damaged" in refused(path)


def test_flipped_signature(tmp_path):
    path = write_fits(tmp_path / "fits.h5", GOOD)
    damaged = bytearray(path.read_bytes())
    damaged[1] ^= 0xFF
    path.write_bytes(damaged)
    assert "damaged" in refused(path)


@pytest.mark.parametrize("variable", ["seed", "window_stop", "modes", "resample", "imag", "energy", "A", "L"])
def test_missing_variable(tmp_path, variable):
    message = refused(write_fits(tmp_path / "fits.h5", GOOD, **{variable: None}))
    assert f"variable {variable} is missing" in message


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("energy", ("fit", np.ones(2))),
        ("G", (("fit", "mode"), np.ones((2, 2)))),
        ("real", (("fit", "mode"), np.full((2, 2), "0.9"))),
    ],
)
def test_wrong_shape_or_kind(tmp_path, variable, value):
    message = refused(write_fits(tmp_path / "fits.h5", GOOD, **{variable: value}))
    assert f"variable {variable} must be" in message


def test_missing_group(tmp_path):
    path = write_fits(tmp_path / "fits.h5", GOOD)
    with h5py.File(path, "a") as file:
        del file.attrs["group"]
    assert "attribute group" in refused(path)


@pytest.mark.parametrize("name", ["energies", "residuals", "G", "A", "L", "eigenvalues"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_not_finite(tmp_path, name, value):
    damaged = getattr(GOOD[0], name).copy()
    damaged.flat[1] = value
    assert "NaN or Inf" in refused(write_fits(tmp_path / "fits.h5", [replace(GOOD[0], **{name: damaged})]))


@pytest.mark.parametrize("modes", [0, -1, 3])
def test_impossible_number_of_modes(tmp_path, modes):
    message = refused(write_fits(tmp_path / "fits.h5", GOOD, modes=("fit", np.array([2, modes]))))
    assert "allowed are 1 to 2" in message


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"energies": np.array([0.5, -0.1])}, "negative"),
        ({"residuals": np.array([0.5, -0.1])}, "negative"),
        ({"energies": np.zeros(2)}, "all zero"),
        ({"G": np.array([[1, 0.1], [0.0, 1]])}, "not symmetric"),
        ({"L": np.array([[1, 0.1], [0.0, 1]])}, "not symmetric"),
    ],
)
def test_numbers_that_no_fit_gives(tmp_path, change, complaint):
    message = refused(write_fits(tmp_path / "fits.h5", [replace(GOOD[0], **change)]))
    assert complaint in message
    assert "group a, seed 0" in message


def test_repeated_fit(tmp_path):
    write_fits(tmp_path / "1.h5", GOOD)
    path = write_fits(tmp_path / "2.h5", GOOD[1:])
    with pytest.raises(InputError, match=r"2\.h5: a second fit of group a, seed 1"):
        read_spectra([tmp_path / "1.h5", path])
