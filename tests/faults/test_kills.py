"""Killed at random moments, again and again, a study ends in the tables of the undisturbed one, byte for byte."""

import random

import pandas as pd
import pytest
from disturbed import Disturbed, Kill, chain

LONG = range(1, 7)  # seeds of studies of nine kills each


def disturb(run: Disturbed, kills: list[Kill], chance: random.Random) -> None:
    """All kills, and a run that completes."""
    for kill in kills:
        run.kill(kill, chance)
        print(run.outcomes[-1], flush=True)
    status, said = run.complete()
    assert status == 0, said
    assert not list(run.study.folder.glob("results/**/.*")), "left by killed writers"


def same(run: Disturbed, undisturbed: Disturbed) -> None:
    found, expected = run.results(), undisturbed.results()
    assert set(found) == set(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def counts(outcomes: list[dict]) -> str:
    """Kills by stage, victim and signal."""
    table = pd.DataFrame(outcomes)
    hit = table[table.hit]
    return f"{len(hit)} kills\n{pd.crosstab(hit.stage, [hit.victim, hit.signal], margins=True).to_string()}"


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


def test_killed_at_some_stages(disturbed, undisturbed):
    chance = random.Random(0)
    run = disturbed("killed")
    disturb(run, chain(chance, 3), chance)
    same(run, undisturbed)
    print(counts(run.outcomes))
    assert all(outcome["hit"] for outcome in run.outcomes)
