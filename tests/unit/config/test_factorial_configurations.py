"""The factorial configurations: what they promise about groups, axes and attainable significance."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from traindyn.compare.energy import permutation_p
from traindyn.compare.verdict import adjusted
from traindyn.config import Experiment, read_config

CONFIG = Path(__file__).parents[3] / "config"
FACTORIAL = read_config(CONFIG / "config.yaml").experiments["factorial"]
AXES = read_config(CONFIG / "factorial_axes.yaml").experiments


def least_q(plan: Experiment) -> float:
    """The q of one pair whose groups could not lie farther apart, where no other pair differs at all."""
    sides = np.repeat([0.0, 1.0], plan.seeds)
    D = np.abs(sides[:, None] - sides[None])
    p = permutation_p(D, plan.seeds, plan.comparison.permutations, np.random.default_rng(0))
    pairs = len(list(combinations(plan.group_labels(), 2)))
    return float(adjusted(np.array([p, *[1.0] * (pairs - 1)]))[0])


def test_the_factorial_has_three_architectures_five_optimizers_and_one_file_per_group():
    assert (len(FACTORIAL.architectures), len(FACTORIAL.optimizers)) == (3, 5)
    assert len(FACTORIAL.group_labels()) == 15
    assert len(FACTORIAL.chunks()) == 1


@pytest.mark.parametrize("plan", [FACTORIAL, *AXES.values()], ids=["factorial", *AXES])
def test_one_pair_alone_can_be_significant(plan):
    assert least_q(plan) < plan.comparison.alpha


def test_the_least_q_of_the_factorial_is_what_its_comment_says():
    assert least_q(FACTORIAL) == pytest.approx(105 * 2 / 12870)
    fewer = FACTORIAL.model_copy(update={"seeds": 7})
    assert least_q(fewer) == pytest.approx(105 * 2 / 3432)


def test_experiments_of_the_ratio_axis_share_their_ratios():
    ratios = {
        name: [o.options()["lr"] / plan.task.options()["batch_size"] for o in plan.optimizers.values()]
        for name, plan in AXES.items()
        if name.startswith("ratio")
    }
    assert len(ratios) == 3
    for found in ratios.values():
        assert found == pytest.approx([1 / 1200, 1 / 600, 1 / 300])


def test_the_other_axes_differ_in_one_thing():
    assert [a.options()["activation"] for a in AXES["activation"].architectures.values()] == ["relu", "gelu", "tanh"]
    one, other = AXES["data_digits"], AXES["data_mnist"]
    assert {one.task.name, other.task.name} == {"digits", "mnist"}
    assert one.model_copy(update={"task": other.task, "title": other.title}) == other
