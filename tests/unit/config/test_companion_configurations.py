"""Companion systems in a configuration: files, pieces, targets; wrong plans end in one line before any job."""

from pathlib import Path

import pytest
import yaml

from traindyn import dag, restore_point
from traindyn.config import COMPANIONS, load_config
from traindyn.config.schema import RESERVED, Experiment
from traindyn.errors import InputError
from traindyn.validation import validate

ROOT = Path(__file__).parents[3]
PLAN = {"exponents": 3, "report_every": 20}


def raw(plan=None, **changes):
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    activations = config["experiments"]["activations"] | changes
    if plan is not None:
        activations["stability"] = plan
    return {"experiments": {"activations": activations}}


def test_every_system_has_a_plan_a_room_a_notebook_and_rules():
    for system in COMPANIONS:
        assert system in Experiment.model_fields
        assert system in RESERVED
        assert (ROOT / "workflow" / "traindyn" / system / "check.py").is_file()
        # One without tables of its own, `sides`, draws what others made.
        has_jobs = bool(COMPANIONS[system].tables)
        assert (ROOT / "workflow" / "traindyn" / system / "study.py").is_file() == has_jobs
        assert (ROOT / "workflow" / "rules" / f"{system}.smk").is_file() == has_jobs
        assert (ROOT / "notebooks" / f"{system}.ipynb").is_file()
        assert (ROOT / "docs" / f"{system}.md").is_file()


def test_figures_targets_and_kept_tables():
    config = load_config(raw(compared=True))
    assert dag.figures(config) == ["activations", "activations_stability"]
    targets = dag.companion_targets(config)
    assert targets["stability"] == targets["activations_stability"] == ["activations_stability"]
    assert dag.targets(config) == {"activations": ["activations"]}
    kept = restore_point.files(config.compared(), config.further_tables())
    assert "results/activations/stability/exponents.parquet" in kept
    assert set(restore_point.files(["activations"])) < set(kept)


def test_what_is_not_compared_has_the_figures_and_tables_of_its_companions_alone():
    config = load_config(raw())
    assert not config.experiments["activations"].compared
    assert dag.figures(config) == dag.companion_targets(config)["activations"] == ["activations_stability"]
    assert dag.targets(config) == {}
    assert dag.rules_apart_files(config) == []
    kept = restore_point.files(config.compared(), config.further_tables())
    system = COMPANIONS["stability"]
    assert kept == [
        *(f"results/activations/stability/{file}" for file in system.tables.values()),
        *(f"results/activations/{file}" for file in system.read.values()),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stability": None}, "compared: false, and no companion system studies it"),
        ({"sensitivity": {"delays": [2]}}, "sensitivity: of verdicts, and compared is false"),
    ],
)
def test_what_is_not_compared_must_be_there_for_something(changes, message):
    with pytest.raises(InputError, match=message):
        load_config(raw(**changes))


def test_only_the_seeds_and_groups_that_are_studied_have_jobs():
    plan = PLAN | {"groups": ["sigmoid"], "seeds": 12}
    config = load_config(raw(plan, first_seed=3, training={"steps": 60, "chunk_size": 8}))
    pieces = dag.companion_pieces(config, "activations", "stability")
    assert pieces == ["sigmoid/gradient/0003-0010", "sigmoid/gradient/0011-0018"]
    job = dag.companion_job(config, "activations", pieces[1], "stability")
    assert job["seeds"] == [11, 12, 13, 14]
    assert job["job"]["seeds"] == list(range(11, 19))
    assert not {"groups", "seeds"} & set(job["plan"])


def test_a_refit_has_its_own_companions_only():
    config = raw()
    refit = {"recordings_of": "activations", "koopman": {"delays": 2}}
    config["experiments"]["again"] = refit
    config["experiments"]["other"] = refit | {"stability": PLAN}
    loaded = load_config(config)
    assert loaded.companions() == {"activations": ["stability"], "again": [], "other": ["stability"]}
    piece = dag.companion_pieces(loaded, "other", "stability")[0]
    assert dag.companion_recording(loaded, "other", piece) == f"results/activations/recordings/{piece}.h5"


@pytest.mark.parametrize(
    ("plan", "changes", "message"),
    [
        (PLAN | {"groups": ["relu"]}, {}, "stability.groups names 'relu'; known: tanh, sigmoid, softplus"),
        (PLAN | {"seeds": 41}, {}, "stability.seeds 41 exceeds the seeds 40"),
        (PLAN | {"every": 3}, {}, "report_every 20 must be a multiple of every 3"),
        (PLAN | {"start": 10, "stop": 20}, {}, "stop 20 lies less than report_every 20 after start"),
        (PLAN | {"stop": 1001}, {}, "stop = 1001: after the last training step 1000"),
        (PLAN | {"report_every": 1100}, {}, "report_every = 1100: group tanh is followed for 1000 steps"),
        (PLAN | {"exponents": 10}, {}, "exponents = 10: at most 9, the weights of group tanh"),
        (PLAN | {"replicas": 2}, {}, "replicas = 2: the experiment has 1"),
        (PLAN | {"final_steps": 1002}, {}, "final_steps = 1002: group tanh records 1001 steps"),
        (
            PLAN | {"operator": "closed_form"},
            {"optimizers": {"gradient": {"name": "adam"}}},
            "operator = closed_form: group tanh needs the optimizer sgd without momentum",
        ),
        (
            PLAN | {"operator": "closed_form"},
            {"task": {"name": "digits"}},
            "operator = closed_form: group tanh needs the task regression",
        ),
        (
            PLAN | {"operator": "closed_form"},
            {"architectures": {n: {"name": "mlp", "hidden": [3, 3]} for n in ("tanh", "sigmoid", "softplus")}},
            "operator = closed_form: group tanh needs an mlp with one hidden layer",
        ),
    ],
)
def test_a_plan_that_does_not_fit_ends_in_one_line(plan, changes, message):
    with pytest.raises(InputError) as error:
        validate(raw(plan, **changes), ROOT / "notebooks")
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert "activations" in str(error.value)


def test_an_experiment_must_not_have_the_name_of_a_companions_figure():
    config = raw()
    config["experiments"]["activations_stability"] = config["experiments"]["activations"]
    with pytest.raises(InputError, match=r"activations_stability: the name of a figure of activations"):
        load_config(config)
