"""Section *known_answers*: the default rule and the paper's on pairs with a known answer, beside DSA's."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case
from benchmarks.context import Context

PAPER, FAST, ANGULAR = "traindyn, the paper's rule", "DSA, Wasserstein of eigenvalues", "DSA, angular"
TOGETHER = "DSA, angular, all searches of a pair at once"
MEASURES = {OURS: "principal_eigenvalues", PAPER: "wasserstein"}
ROOT_SEED = 0
PLACES = np.stack(np.triu_indices(12, 1), axis=1)  # of 2 × 6 seeds with each other
ITERATIONS = 1500  # of a search, as DSA has it
FEW = 100  # after which rounding has not yet parted two searches


def cases(context: Context) -> list[Case]:
    """Of each half and each answer, the first pairs that the page of known answers judges."""
    count, iterations, found = *((1, 10) if context.quick else (50, ITERATIONS)), []
    for half in ("selection", "held out"):
        for conjugate in (True, False):
            problem = f"{count} {'conjugate pairs' if conjugate else 'pairs that are not conjugate'}, {half}"
            arguments = {"half": half, "conjugate": conjugate, "count": count}
            ways: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
                *((method, ours, {"measure": measure}) for method, measure in MEASURES.items()),
                (FAST, dsa, {}),
                (TOGETHER, dsa_by_angles, {"iterations": iterations}),
            ]
            for method, run, given in ways:
                # A share of verdicts, which needs no other way to compare with.
                shared: dict[str, Any] = {"reference": method, "difference": share, "threads": context.threads}
                peer = method not in MEASURES
                found.append(Case(problem, method, run, arguments | given, may_fail=peer, once=peer, **shared))
    first = {"half": "selection", "conjugate": True, "iterations": iterations}
    alone: dict[str, Any] = {"may_fail": True, "once": True, "threads": context.threads}
    note = f"1 of {len(PLACES)} comparisons of 1 pair measured, extrapolated to {count} pairs; no verdicts"
    problem, few = f"1 comparison by angles, {FEW} steps of a search", first | {"iterations": FEW}
    same: dict[str, Any] = {"reference": ANGULAR, "difference": apart, **alone}
    return [
        *found,
        Case(found[0].problem, ANGULAR, angular, first, scale=float(count * len(PLACES)), note=note, **alone),
        Case(problem, ANGULAR, angular, few, **same),
        Case(problem, TOGETHER, together, few, **same),
    ]


def drawn(half: str, conjugate: bool, count: int) -> list[Any]:
    """The first `count` pairs of a half with this answer: every second one is conjugate."""
    from traindyn.known_answers.judgements import HALVES
    from traindyn.known_answers.pair import pair_stream

    numbers = [2 * place + (not conjugate) for place in range(count)]
    return [HALVES[half](pair_stream(ROOT_SEED, half, number), conjugate) for number in numbers]


def ours(half: str, conjugate: bool, count: int, measure: str) -> Callable[[], Any]:
    """Spectra of all seeds of both systems, their distances, the tests."""
    from traindyn.compare.measures import measure as named
    from traindyn.known_answers.estimators import plain

    pairs, known = drawn(half, conjugate, count), named(measure)

    def run() -> np.ndarray:
        found = []
        for pair in pairs:
            spectra = [plain(values, "", seed) for seed, values in enumerate((*pair.a, *pair.b))]
            D = _square(known.pairwise(spectra, PLACES))
            found.append(called(D, measure, known.least_ratio))
        return np.array(found)

    return run


def dsa(half: str, conjugate: bool, count: int) -> Callable[[], Any]:
    """`DSA(seeds, n_delays=9, rank=10, score_method="wasserstein").fit_score()`, its fast variant, and our tests."""
    similarity, pairs = _similarity("float64", "wasserstein"), drawn(half, conjugate, count)

    def run() -> np.ndarray:
        found = []
        for pair in pairs:
            D = similarity([*pair.a, *pair.b]).fit_score()
            found.append(called(np.asarray(D), "DSA", 1.0))
        return np.array(found)

    return run


def dsa_by_angles(half: str, conjugate: bool, count: int, iterations: int) -> Callable[[], Any]:
    """`DSA(seeds, n_delays=9, rank=10, score_method="angular")`, its searches in step, and our tests."""
    similarity, pairs = _similarity("float32", "angular"), drawn(half, conjugate, count)
    import torch

    from benchmarks.dissimilarity import angles

    def run() -> np.ndarray:
        found = []
        for number, pair in enumerate(pairs):
            given = similarity([*pair.a, *pair.b])
            operators = _operators(given)
            torch.manual_seed(number)
            D = _square(angles(*operators[PLACES.T], iterations, given.simdist.lr))
            found.append(called(D, "DSA", 1.0))
        return np.array(found)

    return run


def angular(half: str, conjugate: bool, iterations: int) -> Callable[[], Any]:
    """One comparison by the angle after the best orthogonal change of basis, as DSA is defined; it has float32 only."""
    similarity, (pair,) = _similarity("float32", "angular"), drawn(half, conjugate, 1)
    import torch

    given = similarity([pair.b[0], pair.a[0]], iters=iterations)

    def run() -> np.ndarray:
        torch.manual_seed(ROOT_SEED)
        return np.asarray(given.fit_score())[1:, 0]

    return run


def together(half: str, conjugate: bool, iterations: int) -> Callable[[], Any]:
    """The same comparison by `dissimilarity`."""
    similarity, (pair,) = _similarity("float32", "angular"), drawn(half, conjugate, 1)
    import torch

    from benchmarks.dissimilarity import angles

    given = similarity([pair.a[0], pair.b[0]])

    def run() -> np.ndarray:
        a, b = _operators(given)
        torch.manual_seed(ROOT_SEED)
        return angles(a[None], b[None], iterations, given.simdist.lr)

    return run


def _square(distances: np.ndarray) -> np.ndarray:
    """Distances of the places, as a symmetric matrix."""
    D = np.zeros((12, 12))
    D[tuple(PLACES.T)] = distances
    return D + D.T


def _operators(given: Any) -> np.ndarray:
    """DSA's operators of what it was given, in the coordinates that it compares."""
    given.fit_dmds()
    return np.array([given.get_compare_objects(dmd).numpy() for dmd in given.dmds[0]])


def _similarity(precision: str, score_method: str) -> Callable[..., Any]:
    """DSA of what it is given. It hands torch's arrays to POT, which the benchmark's processes else keep from torch."""
    os.environ.pop("POT_BACKEND_DISABLE_PYTORCH", None)
    import torch
    from DSA import DSA

    torch.set_default_dtype(getattr(torch, precision))
    return partial(DSA, n_delays=9, rank=10, score_method=score_method)


def called(D: np.ndarray, name: str, least_ratio: float) -> bool:
    """Whether a matrix of distances between 6 + 6 seeds is called non-conjugate, as `judgements` does it."""
    from traindyn.config.plans import KnownAnswersPlan
    from traindyn.known_answers.judgements import judgement

    return bool(judgement(D, name, KnownAnswersPlan().comparison, ROOT_SEED, least_ratio)["verdict"] == "non-conjugate")


def apart(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of an angle."""
    return float(np.abs(values - reference).max())


def share(values: np.ndarray, _: np.ndarray) -> float:
    """Share of the pairs called non-conjugate."""
    return float(values.mean())
