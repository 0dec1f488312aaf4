"""Plans that do not fit end in one line before any job."""

from pathlib import Path

import pytest
import yaml

from traindyn.errors import InputError
from traindyn.validation import validate

ROOT = Path(__file__).parents[3]


def raw(changes, plan):
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    patches = config["experiments"]["patches"] | changes
    patches["interactions"] = {"grid": [2, 4], "samples": 8, **plan}
    return {"experiments": {"patches": patches}}


def with_all(**architectures):
    return {
        "architectures": architectures,
        "groups": {n: {"architecture": n, "optimizer": "sgd"} for n in architectures},
    }


TRANSFORMER = {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}
WRONG = {
    "too many variables": ({}, {"grid": [4, 4]}, "grid [4, 4] makes 16 variables; 2 to 12 are allowed"),
    "patches too small": ({}, {"grid": [1, 9]}, "grid = [1, 9], margin = 0: inputs of shape (1, 8, 8) have no such"),
    "margin too wide": ({}, {"margin": 4}, "grid = [2, 4], margin = 4: inputs of shape (1, 8, 8) have no such"),
    "not rising": ({}, {"checkpoints": [10, 0]}, "checkpoints [10, 0] must be different steps in rising order"),
    "one checkpoint": ({}, {"checkpoints": [10]}, "checkpoints [10]: at least 2 are needed"),
    "not recorded": ({}, {"checkpoints": [0, 15]}, "checkpoints: step 15 is not recorded (group LeNet-5)"),
    "too few records": ({}, {"checkpoints": 100}, "checkpoints = 100: 51 steps are recorded (group LeNet-5)"),
    "part of the weights": (
        {"recording": {"layers": ["output.*"]}},
        {},
        'group LeNet-5: all weights must be recorded (recording.layers: ["*"], no projection)',
    ),
    "projections": (
        {"recording": {"projection": {"dimension": 10}}},
        {},
        'all weights must be recorded (recording.layers: ["*"], no projection)',
    ),
    "no classes": (
        {
            "task": {"name": "regression", "function": "parity", "inputs": 2},
            **with_all(mlp={"name": "mlp", "hidden": [4]}),
        },
        {},
        "group mlp needs a task that classifies images or features; its task is regression",
    ),
    "tokens": (
        {"task": {"name": "modular_addition", "modulus": 7}, **with_all(t=TRANSFORMER)},
        {},
        "group t needs a task that classifies images or features; its task is modular_addition",
    ),
    "unknown key": ({}, {"patches": 8}, "patches"),
    "unknown baseline": ({}, {"baseline": "median"}, "baseline"),
    "more seeds than there are": ({}, {"seeds": 9}, "interactions.seeds 9 exceeds the seeds 3"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_plan_that_does_not_fit_ends_in_one_line(case):
    changes, plan, message = WRONG[case]
    with pytest.raises(InputError) as error:
        validate(raw(changes, plan), ROOT / "notebooks")
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert "patches" in str(error.value)


def test_the_default_plan_fits():
    assert validate(raw({}, {}), ROOT / "notebooks").companions() == {"patches": ["interactions"]}
