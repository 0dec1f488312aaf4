"""The figure of all sides needs all sides; what lacks is named before any job."""

from pathlib import Path

import pytest
import yaml

from traindyn.errors import InputError
from traindyn.validation import validate

ROOT = Path(__file__).parents[3]


def raw(**changes):
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    (sided,) = [plan for plan in config["experiments"].values() if "sides" in plan]
    return {"experiments": {"sided": {key: value for key, value in (sided | changes).items() if value != "absent"}}}


def test_the_default_has_all_sides():
    assert set(validate(raw(), ROOT / "notebooks").companions()["sided"]) == {
        "stability", "interactions", "criticality", "sides",
    }  # fmt: skip


@pytest.mark.parametrize("system", ["stability", "interactions", "criticality"])
def test_a_missing_side_is_named(system):
    with pytest.raises(InputError, match=f"experiments.sided: sides: needs .*; {system} is missing$"):
        validate(raw(**{system: "absent"}), ROOT / "notebooks")


def test_a_group_that_one_side_does_not_study_is_named():
    plan = raw()["experiments"]["sided"]
    label, other = list(plan["groups"])[:2]
    changed = plan["criticality"] | {"groups": [other]}
    with pytest.raises(
        InputError, match=f"sides: group {label}: criticality does not study it, its groups are {other}"
    ):
        validate(raw(criticality=changed), ROOT / "notebooks")
