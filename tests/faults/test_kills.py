"""Killed at random moments, again and again, a study ends in the tables of the undisturbed one, byte for byte."""

import random

import pytest
from disturbed import chain, counts, disturb, same

LONG = range(1, 7)  # seeds of studies of nine kills each


@pytest.mark.slow
def test_killed_again_and_again(disturbed, undisturbed):
    outcomes = []
    for seed in LONG:
        chance = random.Random(seed)
        run = disturbed(f"killed{seed}")
        disturb(run, chain(chance, 9), chance)
        same(run, undisturbed)
        outcomes += run.outcomes
        print(counts(outcomes), flush=True)
    assert sum(outcome["hit"] for outcome in outcomes) >= 50
