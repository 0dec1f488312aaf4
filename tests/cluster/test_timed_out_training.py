"""A training that Slurm ends at its time limit goes on from its checkpoint, and ends in the same bytes."""

import re

import pytest
from small_study import Study

pytestmark = pytest.mark.slow
STEPS, PAUSE = 300, 0.5
RECORDING = "results/width/recordings/mlp3/paused/0000-0003.h5"
# More time than the second attempt has for all steps, which takes the training's word that it goes on.
PAUSED = """
import os
import time

import torch
from traindyn.optimizers.sgd import SGD


class _Paused(torch.optim.SGD):
    def step(self, closure=None):
        time.sleep(float(os.environ.get("PAUSE", "0")))
        return super().step(closure)


class Paused(SGD):
    def build(self, parameters):
        return _Paused(parameters, lr=self.lr)
"""


def paused(folder) -> Study:
    """One group, one training; every step takes PAUSE seconds where the environment says so."""
    study = Study(folder, "small.yaml")
    (study.folder / "workflow" / "paused_sgd.py").write_text(PAUSED)

    def change(raw: dict) -> None:
        del raw["experiments"]["optimizers"], raw["claims"]
        width = raw["experiments"]["width"]
        width["optimizers"] = {"paused": {"name": "paused_sgd:Paused", "lr": 0.1}}
        width["groups"] = {"width 3": {"architecture": "mlp3", "optimizer": "paused"}}
        width["training"] |= {"steps": STEPS, "chunk_size": 4}

    study.configure(change)
    return study


@pytest.fixture(scope="module")
def timed_out(launched, slurm):
    study = launched("timed_out", paused, slurm)
    study.variables["PAUSE"] = str(PAUSE)
    resources = ["train:runtime=attempt", "train:checkpoint_seconds=2"]
    study.status, study.output = study.run(RECORDING, "--configfile", "study.yaml", "--set-resources", *resources)
    return study


def test_the_next_attempt_completes_and_the_bytes_are_those_of_an_uninterrupted_training(timed_out, tmp_path):
    assert timed_out.status == 0, timed_out.output
    uninterrupted = paused(tmp_path / "study")
    uninterrupted.run(RECORDING)
    assert (timed_out.folder / RECORDING).read_bytes() == (uninterrupted.folder / RECORDING).read_bytes()
    assert [path.name for path in (timed_out.folder / RECORDING).parent.iterdir()] == ["0000-0003.h5"]


def test_the_first_attempt_is_reported_with_its_log_and_the_next_gets_more_time(timed_out):
    first, *_, last = timed_out.jobs().to_dict("records")
    assert (first["state"], first["limit"], last["state"]) == ("TIMEOUT", "1:00", "COMPLETED")
    assert last["limit"] != "1:00"
    assert f"SLURM-job '{first['id']}' failed, SLURM status is: 'TIMEOUT'" in timed_out.output
    (log,) = set(re.findall(rf"\S+/{first['id']}\.log", timed_out.output))
    assert (timed_out.folder / log).is_file()
