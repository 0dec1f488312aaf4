"""Pairs with a known answer -> the verdict of every way of judging."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from traindyn.compare import Spectrum
from traindyn.compare.measures import measure
from traindyn.compare.parallel import parallel_map
from traindyn.compare.spectrum import FloatArray
from traindyn.compare.statistics import Plan, matrix_statistics
from traindyn.compare.verdict import decide
from traindyn.known_answers import held_out, selection
from traindyn.known_answers.estimators import Estimator
from traindyn.known_answers.methods import WAYS, method_name
from traindyn.known_answers.pair import SEEDS, Pair, pair_stream

HALVES = {"selection": selection.drawn, "held out": held_out.drawn}
STATISTICS = ("ratio", "ratio_low", "ratio_high", "p_value")


def judgements(pairs: int, plan: Plan, seed: int, log: Callable[[str], None], workers: int = 1) -> pd.DataFrame:
    """One row per half, pair and way of judging: what was drawn, the answer, statistics and verdict.

    pairs: of each half, every second one conjugate; plan: level, margin and samples of the verdicts; seed: root of
    the random streams; log: called with a line per hundred pairs. Each pair is judged alone: its q is its p.
    """
    todo = [(half, number) for half in HALVES for number in range(pairs)]
    rows: list[dict[str, Any]] = []
    for start in range(0, len(todo), 100):
        part = todo[start : start + 100]
        for found in parallel_map(lambda each: _judged(*each, plan, seed), part, workers):
            rows += found
        log(f"{start + len(part)} of {len(todo)} pairs judged")
    return pd.DataFrame(rows)


def _judged(half: str, number: int, plan: Plan, seed: int) -> list[dict[str, Any]]:
    pair = HALVES[half](pair_stream(seed, half, number), number % 2 == 0)
    drawn = {"half": half, "pair": number, **_described(pair)}
    fitted = cache(lambda estimator: _spectra(estimator, pair))
    return [
        {**drawn, "method": method_name(way, name), **_judgement(way.changed(fitted(way.estimator)), name, plan, seed)}
        for way in WAYS
        for name in way.measures
    ]


def _judgement(spectra: Sequence[Spectrum], name: str, plan: Plan, seed: int) -> dict[str, Any]:
    """Statistics and verdict by one measure; the first half of the spectra are a's."""
    pairs = np.stack(np.triu_indices(len(spectra), 1), axis=1)
    D = np.zeros((len(spectra), len(spectra)))
    known = measure(name)
    D[tuple(pairs.T)] = known.pairwise(spectra, pairs)
    return judgement(D + D.T, name, plan, seed, known.least_ratio)


def judgement(D: FloatArray, name: str, plan: Plan, seed: int, least_ratio: float) -> dict[str, Any]:
    """Statistics and verdict from the distances (2 · SEEDS square) by a measure `name`; the first half are a's."""
    found = matrix_statistics(D, SEEDS, plan, seed, ("known answers", name))
    row = pd.Series({**found, "n_a": SEEDS, "n_b": SEEDS, "q_value": found["p_value"]})
    return {
        **{each: found[each] for each in STATISTICS},
        "verdict": decide(row, plan.alpha, plan.margin, least_ratio),
    }


def _spectra(estimator: Estimator, pair: Pair) -> list[Spectrum]:
    groups = (("a", pair.a), ("b", pair.b))
    return [estimator(each, group, seed) for group, seeds in groups for seed, each in enumerate(seeds)]


def _described(pair: Pair) -> dict[str, Any]:
    names = ("conjugate", "family", "difference", "size", "strength", "noise", "spread")
    _, _, steps, weights = pair.a.shape
    return {**{name: getattr(pair, name) for name in names}, "steps": steps, "weights": weights}
