"""Configurations that ship, what is generated from the classes, and how an experiment unfolds."""

from pathlib import Path

import jsonschema
import pytest
import yaml
from snakemake.utils import update_config

from traindyn import dag
from traindyn.config import load_config
from traindyn.config.reference import json_schema, parameter_table
from traindyn.validation import validate

ROOT = Path(__file__).parents[3]
CLAIMS = "claims.yaml"  # no configuration, but named by some
SHIPPED = sorted(path.name for path in (ROOT / "config").glob("*.yaml") if path.name != CLAIMS)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configurations_are_valid(name):
    raw = yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))
    validate(raw, ROOT / "notebooks")
    jsonschema.validate(raw, yaml.safe_load(json_schema()))


def test_overlays_fit_the_paper():
    for path in (ROOT / "config" / "overlays").glob("*.yaml"):
        raw = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text(encoding="utf-8"))
        update_config(raw, yaml.safe_load(path.read_text(encoding="utf-8")))  # as snakemake merges them
        validate(raw, ROOT / "notebooks")


def test_generated_files_are_up_to_date():
    for name, content in (("schema.json", json_schema()), ("README.md", parameter_table())):
        found = (ROOT / "config" / name).read_text(encoding="utf-8")
        assert found == content, f"config/{name} has drifted from the classes: run `make reference`"


def test_every_key_says_what_it_means():
    empty = [line for line in parameter_table().splitlines() if line.startswith("| `") and line.endswith("|  |")]
    assert empty == []


def width(**changes):
    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    raw["experiments"] = {"width": raw["experiments"]["width"] | changes}
    return load_config(raw)


def test_chunks_cover_the_seeds_once():
    plan = width(seeds=7, first_seed=3, training={"steps": 400, "chunk_size": 3}).experiments["width"]
    assert plan.chunks() == {"0003-0005": [3, 4, 5], "0006-0008": [6, 7, 8], "0009-0009": [9]}


def test_without_groups_every_pair_is_one():
    config = width(groups=None)
    assert list(config.experiments["width"].group_labels()) == ["mlp5/sgd", "mlp10/sgd", "mlp40/sgd"]
    assert dag.chunk_files(config, "width", "fits")[0] == "results/width/fits/mlp5/sgd/0000-0009.h5"


def test_a_figure_is_a_target_for_all_that_it_draws():
    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    targets = dag.targets(load_config(raw))
    assert targets["optimizers"] == ["optimizers", "optimizers_square", "optimizers_quartic"]
    assert targets["optimizers_square"] == ["optimizers_square"]


def test_a_refit_has_fits_of_its_own_and_recordings_of_the_other():
    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    refit = {"recordings_of": "width", "koopman": {"delays": 3, "modes": 5, "unlagged_from": {"width 5": "width 10"}}}
    raw["experiments"] = {"width": raw["experiments"]["width"], "width_again": refit}
    config = load_config(raw)
    original, again = config.experiments["width"], config.experiments["width_again"]
    assert again.koopman.delays == 3
    assert (again.title, again.figure) == ("", "width")
    changes = {"title": original.title, "koopman": original.koopman, "recordings_of": None}
    assert again.model_copy(update=changes) == original
    assert dag.chunk_files(config, "width_again", "recordings") == dag.chunk_files(config, "width", "recordings")
    assert dag.chunk_files(config, "width_again", "fits")[0] == "results/width_again/fits/mlp5/sgd/0000-0009.h5"
    read = dag.recordings(config, "width_again", "mlp5", "sgd", "0000-0009")
    assert read == [f"results/width/recordings/{name}/sgd/0000-0009.h5" for name in ("mlp5", "mlp10")]
    jsonschema.validate(raw, yaml.safe_load(json_schema()))


def test_a_sweep_has_a_figure_a_target_and_the_configured_value_on_every_axis():
    config = width(sensitivity={"modes": [16, 4], "windows": [[1, 201]]})
    assert dag.figures(config) == ["width", "width_sensitivity"]
    assert dag.sensitivity_targets(config)["sensitivity"] == ["width_sensitivity"]
    plan = config.experiments["width"]
    settings = plan.sensitivity.settings(plan.koopman)
    assert [s.shown["modes"] for s in settings if s.shown["window"] == "configured"] == [4, 10, 16]
    assert [s.plan for s in settings if s.configured] == [plan.koopman]
    assert all(s.plan.windows == [(1, 201)] for s in settings if s.shown["window"] == "1-201")
