"""The restore point: kept whole, and any damage is seen."""

import hashlib
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from traindyn import restore_point
from traindyn.errors import InputError
from traindyn.tables import write_table

CONFIG = {"seed": 3, "data_dir": "/secret/place", "experiments": {"width": {}}}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder kept from a run with one experiment."""
    monkeypatch.chdir(tmp_path)
    for path in restore_point.files(["width"]):
        write_table(pd.DataFrame({"step": np.arange(1001), "value": np.arange(1001) / 7}), path)
    folder = tmp_path / "kept"
    folder.mkdir()
    restore_point.write(folder, ["width"], CONFIG)
    return folder


def test_what_was_kept_passes(kept):
    restore_point.check(kept, ["width"])
    for name in ("spectra.parquet", "verdicts.csv"):
        path = f"results/width/{name}"
        assert (kept / path).read_bytes() == Path(path).read_bytes()


def test_the_list_is_that_of_sha256sum(kept):
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=kept, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_configuration_is_kept_without_the_place_of_the_data(kept):
    raw = yaml.safe_load((kept / "config.yaml").read_text(encoding="utf-8"))
    assert raw == {"seed": 3, "tables": "kept", "experiments": {"width": {}}}


@pytest.mark.parametrize("name", ["config.yaml", "made_by.json", "results/width/spectra.parquet"])
@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: bytes([b[0] ^ 1]) + b[1:], lambda b: b""])
def test_damage_is_seen(kept, name, damage):
    (kept / name).write_bytes(damage((kept / name).read_bytes()))
    with pytest.raises(InputError, match=f"{name}: damaged: its SHA-256 is not the one in SHA256SUMS"):
        restore_point.check(kept, ["width"])


def test_a_missing_file_is_seen(kept):
    (kept / "results/width/verdicts.csv").unlink()
    with pytest.raises(InputError, match=r"verdicts.csv: missing from the restore point"):
        restore_point.check(kept, ["width"])


def test_an_experiment_without_digests_is_refused(kept):
    with pytest.raises(InputError, match=r"SHA256SUMS: has no digest of results/other/spectra.parquet"):
        restore_point.check(kept, ["width", "other"])


@pytest.mark.parametrize("content", [None, b"", b"nothing\n", b"\xff\xfe"])
def test_a_damaged_list_is_refused(kept, content):
    if content is None:
        (kept / "SHA256SUMS").unlink()
    else:
        (kept / "SHA256SUMS").write_bytes(content)
    with pytest.raises(InputError, match="SHA256SUMS: "):
        restore_point.check(kept, ["width"])


def test_long_curves_are_thinned_evenly_and_keep_their_evaluations():
    curves = pd.DataFrame({"step": np.tile(np.arange(1001), 2), "train_loss": 1.0, "test_loss": np.nan})
    curves.loc[curves["step"] == 333, "test_loss"] = 0.5
    found = restore_point.thinned(curves)
    steps = found["step"].unique()
    assert {0, 333, 1000} <= set(steps)
    assert 200 <= len(steps) <= 201
    assert np.diff(steps).max() <= 6
    assert len(found) == 2 * len(steps)
    assert found["train_loss"].dtype == np.float32


def test_short_curves_are_kept_whole():
    curves = pd.DataFrame({"step": np.arange(150), "train_loss": np.arange(150.0)})
    assert len(restore_point.thinned(curves)) == 150


def test_the_same_tables_give_the_same_bytes(kept, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    restore_point.write(again, ["width"], CONFIG)
    digests = [hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest() for folder in (kept, again)]
    assert digests[0] == digests[1]
