"""Experiments on recordings that exist already: the tutorial as it stands, and all formats in one sheet."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from formats_on_disk import ALL, trajectory
from small_study import ROOT

import traindyn

PAGE = ROOT / "docs" / "tutorials" / "own_recordings.md"
FILES = re.compile(r"```(?:python|yaml|tsv)\n# (\S+)\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def test_the_tutorial_does_what_it_says(study):
    mine = study("small.yaml")
    text = PAGE.read_text(encoding="utf-8")
    files = dict(FILES.findall(text))
    assert set(files) == {"train.py", "compare.py", "recordings.tsv", "study.yaml"}
    for name, content in files.items():
        (mine.folder / name).write_text(content, encoding="utf-8")
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {"PATH": os.pathsep.join(paths), "PYTHONPATH": str(mine.folder / "workflow")}
    commands = "set -e\n" + "\n".join(COMMANDS.findall(text))
    options = {"cwd": mine.folder, "env": environment, "capture_output": True, "text": True, "timeout": 800}
    done = subprocess.run(["bash", "-c", commands], **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    assert "steps       60, from 0 to 59, every 1" in done.stdout
    assert "study.yaml: valid; experiments: mine" in done.stdout
    assert (mine.folder / "comparison" / "comparison.png").stat().st_size > 10_000
    results = mine.folder / "results"
    assert (results / "figures" / "mine.png").stat().st_size > 10_000
    spectra = pd.read_parquet(results / "mine" / "spectra.parquet")
    assert set(spectra.groupby(["group", "seed"]).size()) == {6}
    assert set(pd.read_csv(results / "mine" / "verdicts.csv").unit) == {"seeds"}


@pytest.mark.slow  # tests/unit/bringing reads all formats too
def test_all_formats_in_one_sheet_are_what_direct_calls_give(study):
    mine = study("small.yaml")
    data = mine.folder / "data of mine"
    data.mkdir()
    # Half of them are another system, four seeds each.
    values = {name: trajectory(seed) * (1 if seed % 2 else np.arange(12)[:, None] + 1) for seed, name in enumerate(ALL)}
    paths = {name: write(data, values[name].astype("float64")) for name, write in ALL.items()}
    groups = {"odd": list(ALL)[1::2], "even one": list(ALL)[::2]}
    lines = [f"{label}\t{s}\t{paths[n]}" for label, names in groups.items() for s, n in enumerate(names)]
    (data / "sheet.tsv").write_text("label\tseed\tpath\n" + "\n".join(lines) + "\n", encoding="utf-8")
    experiment = {"recordings": "data of mine/sheet.tsv", "koopman": {"delays": 2, "modes": 4}}
    again = {"recordings_of": "mine", "koopman": {"delays": 1, "modes": 3}}
    content = {"experiments": {"mine": experiment, "again": again}}
    (mine.folder / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    mine.run("results/mine/verdicts.csv", "results/mine/spectra.parquet")
    recordings = {label: [data / paths[name] for name in names] for label, names in groups.items()}
    found = traindyn.compare_recordings(recordings, delays=2, modes=4)
    results = mine.folder / "results" / "mine"
    # One thread in a job, all of the machine's here: last digits.
    exact = {"rtol": 1e-6, "atol": 1e-9}
    distances = pd.read_parquet(results / "distances.parquet")
    pd.testing.assert_frame_equal(distances, found.tables.distances, check_dtype=False, **exact)
    verdicts = pd.read_csv(results / "verdicts.csv")
    pd.testing.assert_frame_equal(verdicts, found.verdicts.reset_index(drop=True), check_dtype=False, **exact)
    spectra = pd.read_parquet(results / "spectra.parquet").drop(columns="experiment")
    pd.testing.assert_frame_equal(
        spectra.drop(columns="architecture"),
        found.tables.spectra.drop(columns=["experiment", "architecture"]),
        check_dtype=False,
        **exact,
    )
    assert set(spectra.optimizer) == {"brought"}

    assert mine.would_run("results/mine/verdicts.csv") == {}
    assert mine.would_run("results/again/verdicts.csv").get("bring", 0) == 0
    np.save(data / "run.npy", values["npy"] + 1)
    jobs = mine.would_run("results/mine/verdicts.csv")
    assert (jobs["bring"], jobs["fit"]) == (1, 1)
    mine.edit("data of mine/sheet.tsv", "fortran.npy", "run.npy")
    assert mine.would_run("results/mine/verdicts.csv")["bring"] == 2
