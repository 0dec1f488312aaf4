"""A training of the project from recording to tables; plans that do not fit end in one line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from traindyn.config import Component, CriticalityPlan, TrainingJob
from traindyn.config.plans import RecordingPlan, TrainingPlan
from traindyn.criticality.study import COLUMNS, RUN, study
from traindyn.errors import InputError
from traindyn.recording import open_recording
from traindyn.training import train
from traindyn.validation import validate

ROOT = Path(__file__).parents[3]
PLAN = {"steps": [50, 600]}


def job(task, network, lr=0.1, steps=600, seeds=(0, 1)):
    return TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=0,
        seeds=list(seeds),
        replicas=1,
        perturbation=0.01,
        task=Component(**task),
        network=Component(**network),
        optimization=Component(name="sgd", lr=lr, momentum=0.9),
        training=TrainingPlan(steps=steps, dtype="float64"),
        recording=RecordingPlan(dtype="float64", every=steps // 6),
    )


TOY = {"name": "two_classes", "shift": 2.0, "spread": 2.5, "samples": 1500, "levels": [-1.0, 1.0]}
TANH = {"name": "single_layer", "activation": "tanh"}


def studied(folder, training, plan, seeds=None):
    path = folder / "recording.h5"
    if not path.exists():
        train(training, folder, path)
    said = []
    with open_recording(path) as recording:
        return study(recording, training, plan, seeds or training.seeds, folder, said.append), said


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    training = job(TOY, TANH)
    plan = CriticalityPlan(steps=[100, 600], weights=2, equilibrium_checks=3)
    return folder, training, plan, studied(folder, training, plan)[0]


def test_tables_hold_what_is_promised(toy):
    tables = toy[3]
    assert {name: list(table.columns) for name, table in tables.items()} == {
        name: [*RUN, *columns] for name, columns in COLUMNS.items()
    }
    equilibrium = tables["equilibrium"]
    assert equilibrium[equilibrium.seed == 0].step.tolist() == [0, 100, 300, 600]
    assert equilibrium[equilibrium.studied].step.unique().tolist() == [100, 600]
    assert len(tables["exponents"]) == 2 * 2 * 3  # seeds, steps, two weights and a direction
    counts = tables["densities"].groupby(["seed", "step", "kind", "variable"])["count"].sum()
    used = tables["exponents"].set_index(["seed", "step", "kind", "variable"])["used"]
    pd.testing.assert_series_equal(counts.sort_index(), used.sort_index(), check_names=False)
    assert (tables["singular_values"].groupby(["seed", "step", "point"]).size() == 1).all()


def test_a_training_reaches_its_equilibrium_and_the_power_law_that_is_predicted(toy):
    tables = toy[3]
    ratio = tables["equilibrium"].set_index(["seed", "step"])["ratio"]
    assert (ratio[:, 600] < 1e-3).all()
    assert (ratio[:, 0] > 0.1).any()
    last = tables["exponents"].query("step == 600 and variable == 'output.bias[0]'")
    assert (last.exponent + 1).abs().max() < 0.03
    assert (last.exponent - last.predicted).abs().max() < 0.02
    assert (last.disagreement < 0.03).all()
    assert (last.decades > 3).all()


def test_predicted_and_measured_densities_agree_bin_by_bin(toy):
    densities = toy[3]["densities"].query("seed == 0 and step == 600 and variable == 'output.bias[0]'")
    expected = densities.predicted * (densities.high - densities.low) * 1500
    full = expected >= 10
    assert full.sum() > 20
    scores = (densities["count"] - expected)[full] / np.sqrt(expected[full])
    assert (scores**2).mean() < 2  # 1 where counts scatter by chance alone


def test_tables_are_the_same_again_and_for_seeds_alone(toy):
    folder, training, plan, tables = toy
    alone = studied(folder, training, plan, [1])[0]
    for name, table in tables.items():
        own = table[table.seed == 1].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone[name], own)


def test_a_training_that_diverges_is_studied_until_then(tmp_path):
    training = job(TOY | {"samples": 60}, {"name": "single_layer", "activation": "linear"}, lr=1e3, seeds=(0,))
    tables, said = studied(tmp_path, training, CriticalityPlan(steps=[0, 600]))
    assert "diverged" in said[0]
    assert set(tables["exponents"].step) == {0}
    assert tables["equilibrium"].step.max() < 600


def test_tokens_have_fluctuations_but_no_map(tmp_path):
    network = {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}
    training = job({"name": "modular_addition", "modulus": 11}, network, lr=0.01, steps=6, seeds=(0,))
    plan = CriticalityPlan(steps=[6], directions=0, weights=3, equilibrium_checks=2, samples=20)
    tables = studied(tmp_path, training, plan)[0]
    assert tables["exponents"].samples.tolist() == [20] * 3
    assert len({name.split("[")[0] for name in tables["exponents"].variable}) == 3  # of three layers
    assert tables["singular_values"].empty


def raw(plan, **changes):
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    duality = config["experiments"]["duality"] | changes
    return {"experiments": {"duality": duality | {"criticality": plan}}}


RESNET = {"name": "resnet20", "width": 2}


@pytest.mark.parametrize(
    ("plan", "changes", "message"),
    [
        (PLAN | {"steps": []}, {}, "steps"),
        (PLAN | {"steps": [55]}, {}, "steps: 55 is not recorded; group tanh + squared error has 0 to 600 in steps of"),
        (PLAN | {"steps": [610]}, {}, "steps: 610 is not recorded"),
        (PLAN | {"replicas": 2}, {}, "replicas = 2: the experiment has 1"),
        (PLAN | {"weights": 3}, {}, "weights = 3: at most 2, the weights of group tanh + squared error"),
        (PLAN | {"directions": 2}, {}, "directions = 2: at most 1, the numbers in an input of group tanh"),
        (PLAN | {"least": 10}, {}, "least = 10"),
        (PLAN | {"decades": 0.5}, {}, "decades = 0.5"),
        (PLAN, {"recording": {"layers": ["output.bias"]}}, "group tanh + squared error: all weights must be recorded"),
        (PLAN, {"recording": {"projection": {"dimension": 2}}}, "all weights must be recorded"),
        (PLAN | {"groups": ["x"]}, {}, "criticality.groups names 'x'"),
    ],
)
def test_a_plan_that_does_not_fit_ends_in_one_line(plan, changes, message):
    with pytest.raises(InputError) as error:
        validate(raw(plan, **changes), ROOT / "notebooks")
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert "duality" in str(error.value)


SMALL = {"architectures": {"a": RESNET}, "groups": None, "optimizers": {"o": {"name": "sgd", "lr": 0.1}}}
OTHERS = {
    "the network has buffers": {"task": {"name": "digits"}},
    "the task has no data": {
        "task": {"name": "convex", "function": "square"},
        "architectures": {"a": {"name": "point", "start": 0.1, "stop": 0.9}},
        "replicas": 25,
    },
    "inputs of group a/o are tokens; must be 0": {
        "task": {"name": "modular_addition", "modulus": 11},
        "architectures": {"a": {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}},
    },
}


@pytest.mark.parametrize("message", OTHERS)
def test_what_has_no_fluctuations_or_no_map_is_refused(message):
    with pytest.raises(InputError, match=message):
        validate(raw(PLAN, **{**SMALL, **OTHERS[message]}), ROOT / "notebooks")


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"levels": [1.0, 0.0]}, r"levels \[1.0, 0.0\] must rise"),
        ({"noise": "pareto"}, "noise = 'pareto'"),
        ({"spread": 0.0}, "spread = 0"),
    ],
)
def test_a_task_that_does_not_make_sense_ends_in_one_line(task, message):
    with pytest.raises(InputError, match=message):
        validate(raw(PLAN, task=TOY | task), ROOT / "notebooks")
