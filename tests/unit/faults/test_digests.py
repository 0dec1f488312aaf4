"""Digests of outputs: every change of a byte is seen, in the form that sha256sum reads."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn import digests
from traindyn.errors import InputError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    return tmp_path


def write(name, content):
    Path("results", name).write_bytes(content)
    return f"results/{name}"


def test_the_form_is_that_of_sha256sum():
    path = write("a b.csv", b"1,2\n")
    digests.record([path])
    expected = hashlib.sha256(b"1,2\n").hexdigest()
    assert Path(f".snakemake/digests/{path}.sha256").read_text(encoding="utf-8") == f"{expected}  {path}\n"


@settings(max_examples=50)
@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_flipped_bit_or_a_missing_end_is_seen_and_the_file_named(content, data):
    path = write("a.parquet", content)
    digests.record([path])
    digests.check([path])
    at, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    flipped = bytearray(content)
    flipped[at] ^= 1 << bit
    for damaged in (bytes(flipped), content[:at]):
        write("a.parquet", damaged)
        with pytest.raises(InputError, match=r"^results/a\.parquet: damaged: .*; remove it, and run again$"):
            digests.check([path])


def test_all_damaged_files_are_named_and_no_other():
    paths = [write(name, name.encode()) for name in ("a", "b", "c")]
    digests.record(paths)
    write("a", b"x")
    write("c", b"")
    with pytest.raises(InputError, match=r"^results/a, results/c: damaged: .* remove them"):
        digests.check(paths)


def test_nothing_is_said_of_files_that_are_not_there_or_not_ours():
    path = write("a", b"a")
    digests.check([path, f"{Path.cwd()}/results/a", "results/none"])
    digests.record([path])
    Path(path).unlink()
    digests.check([path])


def test_nothing_is_said_of_a_file_whose_job_was_killed():
    path = write("a", b"a")
    digests.record([path])
    digests.forget([path])
    write("a", b"half")
    digests.check([path])


def test_other_folders_are_left_alone():
    for name in ("now", "before"):
        Path("results", name).mkdir()
        digests.record([write(f"{name}/a.csv", b"1")])
        write(f"{name}/a.csv", b"2")
    with pytest.raises(InputError, match=r"^results/now/a\.csv: "):
        digests.check_folders(["results", "results/now"])
