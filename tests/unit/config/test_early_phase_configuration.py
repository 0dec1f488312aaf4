"""The quick configuration of the early phase: what its comments promise."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from traindyn.compare.energy import permutation_p
from traindyn.compare.verdict import adjusted
from traindyn.config import build_component, read_config
from traindyn.koopman.windows import windows

EARLY = read_config(Path(__file__).parents[3] / "config" / "config.yaml").experiments["early_phase"]
UNITS = sum(
    len(windows(np.array(EARLY.recorded_steps(label)), length=EARLY.koopman_of(label).window_length))
    for label in EARLY.group_labels()
)


def least_q(seeds: int) -> float:
    """The q of one pair of windows that could not lie farther apart, where no other pair differs at all."""
    sides = np.repeat([0.0, 1.0], seeds)
    D = np.abs(sides[:, None] - sides[None])
    p = permutation_p(D, seeds, EARLY.comparison.permutations, np.random.default_rng(0))
    pairs = len(list(combinations(range(UNITS), 2)))
    return float(adjusted(np.array([p, *[1.0] * (pairs - 1)]))[0])


def test_a_transition_at_one_boundary_alone_can_be_found():
    assert UNITS == 12
    assert least_q(EARLY.seeds) == pytest.approx(66 * 2 / 3432)
    assert least_q(EARLY.seeds) < EARLY.comparison.alpha
    assert least_q(EARLY.seeds - 1) == pytest.approx(66 * 2 / 924)


def test_the_networks_are_about_as_large():
    task = build_component("task", EARLY.task)
    networks = [build_component("architecture", each) for each in EARLY.architectures.values()]
    sizes = [sum(w.numel() for w in each.build(task.input_shape, 10).parameters()) for each in networks]
    assert sizes == [13_994, 17_254]
