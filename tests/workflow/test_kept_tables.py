"""A restore point: kept from a run, drawn again elsewhere without training, refused where it is damaged."""

import shutil
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def kept(default_optimizers, tmp_path_factory):
    """A study whose tables were kept, its recordings and results thrown away."""
    study = default_optimizers.at(tmp_path_factory.mktemp("restore") / "study")
    (study.folder / "results" / "claims.csv").rename(study.folder / "claims.csv")
    (study.folder / "results" / "paper").rename(study.folder / "kept")
    shutil.rmtree(study.folder / "results")
    shutil.copy(study.folder / "kept" / "config.yaml", study.folder / "study.yaml")
    return study


def test_everything_is_drawn_and_nothing_computed(kept):
    done = kept.run("--directory", "kept")
    results = kept.folder / "kept" / "results"
    for name in ("figures/optimizers.png", "notebooks/optimizers.html", "claims.html", "run.html", "report.html"):
        assert (results / name).stat().st_size > 1000
    pd.testing.assert_frame_equal(pd.read_csv(results / "claims.csv"), pd.read_csv(kept.folder / "claims.csv"))
    jobs = {line.split()[0] for line in (done.stdout + done.stderr).splitlines() if line.strip().endswith(" 1")}
    assert {"figure", "claims"} <= jobs
    assert not jobs & {"data", "train", "fit", "spectra", "summary", "distances", "verdicts"}


def test_nothing_is_kept_of_the_place_where_it_ran(kept):
    for path in filter(Path.is_file, (kept.folder / "kept").glob("*.*")):
        assert "/secret" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["results/optimizers/distances.parquet", "config.yaml"])
def test_damage_ends_with_one_line_before_any_job(kept, name):
    path = kept.folder / "kept" / name
    whole = path.read_bytes()
    path.write_bytes(whole + b"\n")
    done = kept.run("--directory", "kept", check=False)
    path.write_bytes(whole)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and "profile" not in line]
    assert lines == [f"traindyn: {name}: damaged: its SHA-256 is not the one in SHA256SUMS; restore it from git"]
