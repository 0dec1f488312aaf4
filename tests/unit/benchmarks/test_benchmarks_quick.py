"""`make benchmark` in tiny sizes: that it runs, and that all ways come to the same numbers; nothing about speed."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

TESTS = Path(__file__).parents[2]


def run(*arguments):
    search = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": search},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    done = run("distances", "--quick", "--threads", 1, "--output", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_way_comes_to_the_same_distances(folder):
    check(folder, "distances", 1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "tolerance"), [("large", 1e-8), ("ensembles", 1e-5), ("recorder", 0.0), ("interactions", 0.01)]
)
def test_every_way_comes_to_the_same(tmp_path, section, tolerance):
    done = run(section, "--quick", "--threads", 1, "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    check(tmp_path, section, tolerance)


@pytest.mark.slow
def test_pairs_with_a_known_answer_are_judged_by_every_rule(tmp_path):
    """Where DSA is not installed, its rows say so."""
    assert run("known_answers", "--quick", "--threads", 1, "--output", tmp_path).returncode == 0
    rows = pd.read_csv(tmp_path / "known_answers.csv")
    judged = rows[rows["method"].str.startswith("traindyn")]
    assert len(judged) == 2 * 2 * 2
    assert judged["deviation"].isin([0.0, 1.0]).all()
    assert (rows["deviation"].notna() | rows["note"].notna()).all()


def check(folder, section, tolerance):
    rows = pd.read_csv(folder / f"{section}.csv")
    compared = rows[rows["deviation"].notna()]
    assert "traindyn" in set(compared["method"])
    assert compared["deviation"].max() <= tolerance
    assert (rows["seconds"] > 0).all()
    assert (folder / f"{section}.png").stat().st_size > 10_000


def test_the_page_says_that_the_sizes_are_tiny(folder):
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert "tiny sizes, which say nothing about speed" in page
    assert all(f"## {section}" in page for section in ("machine", "distances"))
    assert not list(folder.glob(".recordings-*"))


def test_an_unknown_section_is_named(tmp_path):
    done = run("speed", "--output", tmp_path)
    assert done.returncode == 2
    assert "unknown section speed; there are machine, koopman" in done.stderr
