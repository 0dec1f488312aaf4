"""The tutorial of the recorder: exactly what docs/tutorials/own_training.md shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from small_study import ROOT

PAGE = (ROOT / "docs" / "tutorials" / "own_training.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
(DIFF,) = re.findall(r"```diff\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(r"\| (\w+) – (\w+) \| ([\d.]+) \| ([\d.]+) \| ([\w-]+) \|", PAGE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The documented files; the script as it was before its ten lines."""
    folder = tmp_path_factory.mktemp("own")
    assert set(FILES) == {"train.py", "compare.py", "checkpointed.py"}
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def run(folder, command, check=True):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # One thread, as the workflow's jobs have: beside other tests, threads of so small a network wait for each other.
    environment = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_ten_lines_record_it_and_change_nothing(folder):
    before = run(folder, "python train.py adam")
    assert sum(line.startswith("+") and not line.startswith("+++") for line in DIFF.splitlines()) == 10
    (folder / "ten.diff").write_text(DIFF, encoding="utf-8")
    run(folder, "git apply -p0 --unsafe-paths ten.diff")
    shown = run(folder, f"set -e\n{COMMANDS[0]}")
    assert before in shown
    assert "steps       301, from 0 to 300, every 1" in shown
    assert len(list((folder / "runs").iterdir())) == 15


def test_the_comparison_is_the_documented_one(folder):
    printed = run(folder, COMMANDS[1])
    assert "non-conjugate" in printed
    assert (folder / "comparison" / "comparison.png").stat().st_size > 10_000
    verdicts = pd.read_csv(folder / "comparison" / "verdicts.csv").query("measure == 'wasserstein'")
    assert len(ROWS) == len(verdicts) == 3
    for (a, b, distance, ratio, verdict), (_, row) in zip(ROWS, verdicts.iterrows(), strict=True):
        assert (row.group_a, row.group_b, row.verdict) == (a, b, verdict)
        # Another machine's rounding moves a training of 300 steps a little.
        assert row.paired_mean == pytest.approx(float(distance), rel=0.1)
        assert row.ratio == pytest.approx(float(ratio), rel=0.1)
    assert "sgd" in run(folder, "python compare.py")


def test_the_killed_training_is_looked_at_and_resumed(folder):
    shown = run(folder, COMMANDS[2])
    assert "look.h5: 12 recorded steps, 0 to 110" in shown
    assert "steps       12, from 0 to 110, every 10" in shown
    assert "steps       20, from 0 to 190, every 10" in shown
    assert not list((folder / "runs").glob("*.unfinished"))
