"""The profiles fit the workflow and each other."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
RULES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow" / "rules").glob("*.smk"))


def profile(name):
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["default", "slurm", "cluster-generic"])
def test_every_rule_of_a_profile_is_one_of_the_workflow(name):
    named = {*profile(name)["set-resources"], *profile(name).get("set-threads", {})}
    assert named <= set(re.findall(r"^ *rule (\w+):", RULES, re.MULTILINE))


def test_no_rule_repeats_itself():
    """Under the Slurm plugin, retries of a rule multiply with those of the profile."""
    assert not re.search(r"^\s*retries\b", RULES, re.MULTILINE)
    assert profile("slurm")["retries"] == 2


def test_resources_are_the_same_for_every_scheduler_and_grow():
    slurm, generic = profile("slurm"), profile("cluster-generic")
    for key in ("default-resources", "set-resources", "retries"):
        assert slurm[key] == generic[key]
    for resources in (slurm["default-resources"], *slurm["set-resources"].values()):
        for amount in resources.values():
            first, third = (eval(amount, {"attempt": attempt, "threads": 4}) for attempt in (1, 3))
            assert third == 3 * first


def test_what_is_unsafe_is_not_asked_for():
    keys = set(profile("slurm"))
    assert not {"slurm-array-jobs", "groups", "group-components"} & keys
    assert {"slurm-status-command", "slurm-no-requeue", "slurm-status-attempts"} <= keys
