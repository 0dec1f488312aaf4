"""Killed at random moments, again and again, a study ends in the tables of the undisturbed one, byte for byte."""

import random
import signal
import time

import pytest
from disturbed import LIMIT_SECONDS, chain, counts, disturb, same

LONG = range(1, 8)  # seeds of studies of nine kills each; a few come when their job has ended


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


@pytest.mark.slow
def test_a_second_run_is_refused_though_it_asks_for_no_lock(disturbed):
    run = disturbed("twice")
    first = run.start()
    deadline = time.monotonic() + LIMIT_SECONDS
    while not any(process.stage == "train" for process in run.living()):
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    status, said = run.complete("--nolock")
    first.send_signal(signal.SIGTERM)
    first.wait(LIMIT_SECONDS)
    assert status == 1
    assert [line for line in said.splitlines() if line.startswith("traindyn: ")][-1].endswith(
        "a run in this folder is alive; end it first (Ctrl-C)"
    )
    assert "Traceback" not in said
