"""How large a study is, and who is warned of what."""

from pathlib import Path

import pytest
import yaml

from traindyn import dag, size
from traindyn.config import load_config

CONFIG = Path(__file__).parents[3] / "config"


def scale(**changes):
    """The first part of the large study, changed."""
    raw = yaml.safe_load((CONFIG / "scale.yaml").read_text(encoding="utf-8"))
    return load_config(raw | {"experiments": {"part": raw["experiments"]["part_01"] | changes}})


def test_the_large_study_is_what_it_says():
    config = load_config(yaml.safe_load((CONFIG / "scale.yaml").read_text(encoding="utf-8")))
    plans = config.experiments.values()
    seeds = [seed for plan in plans for chunk in plan.chunks().values() for seed in chunk]
    assert sorted(seeds) == list(range(1000))
    assert {(len(plan.architectures), len(plan.optimizers), len(plan.group_labels())) for plan in plans} == {
        (10, 10, 100)
    }
    assert list(size.advice(config)) == []


def test_jobs_are_the_files_of_trainings_and_fits():
    config = scale(seeds=7, training={"steps": 200, "chunk_size": 3})
    files = [path for kind in ("recordings", "fits") for path in dag.chunk_files(config, "part", kind)]
    assert size.jobs(config, "part") == len(files) == 2 * 100 * 3


def test_refits_train_nothing():
    raw = scale().model_dump()
    raw["experiments"]["again"] = {"recordings_of": "part", "koopman": {"delays": 4}}
    config = load_config(raw)
    assert size.jobs(config, "again") == 100
    assert size.jobs(config, "part") == 200


def test_distances_are_all_pairs_by_every_measure():
    config = scale(seeds=3, comparison={"measures": ["wasserstein", "cross_residual"]})
    assert size.distances(config, "part") == 2 * (300 * 299 // 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seeds": 1000, "training": {"steps": 200, "chunk_size": 4}}, ["50,000 jobs", "experiments.part: 4 of 1000"]),
        ({"seeds": 100}, ["experiments.part: 10,000 spectra make 49,995,000 distances", "8 GB", "first_seed"]),
    ],
)
def test_what_is_too_large_is_said_in_one_line(changes, words):
    lines = list(size.advice(scale(**changes)))
    assert len([line for line in lines if all(word in line for word in words)]) == 1
    assert all("\n" not in line for line in lines)
