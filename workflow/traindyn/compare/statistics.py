"""The statistics of one measure and one pair of groups: a row of the verdicts, before the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from traindyn.compare.bootstrap import group_means, ratio_interval, ratios
from traindyn.compare.energy import permutation_p
from traindyn.compare.seeds import SeedDistances, Unit
from traindyn.compare.spectrum import FloatArray, Spectrum
from traindyn.compare.swap import swap_p
from traindyn.streams import stream

Groups = dict[str, list[Spectrum]]


class Plan(Protocol):
    """What the user decides: level, tolerated excess of the ratio over 1, and how much is sampled."""

    @property
    def alpha(self) -> float: ...
    @property
    def margin(self) -> float: ...
    @property
    def permutations(self) -> int: ...
    @property
    def bootstraps(self) -> int: ...
    @property
    def swaps(self) -> int: ...


@dataclass(frozen=True)
class MeasuredPairs:
    """The distances of one measure: between whole seeds, and between parts of a seed's replicas."""

    measure: str
    seeds: SeedDistances
    parts: SeedDistances


def statistics(groups: Groups, a: str, b: str, known: MeasuredPairs, plan: Plan, seed: int) -> dict[str, Any]:
    """The row of one measure and pair of groups, but for q-value and verdict.

    groups: the spectra of each group, fitted to whole seeds; seed: root of the random streams.
    """
    unit, units_a, units_b = _units(groups, a, b, known)
    source = known.parts if unit == "replicas" else known.seeds
    D = source.between(units_a + units_b, units_a + units_b)
    return {
        "measure": known.measure,
        "group_a": a,
        "group_b": b,
        "n_a": len(units_a),
        "n_b": len(units_b),
        "unit": unit,
        **_paired(groups, a, b, known.seeds),
        **matrix_statistics(D, len(units_a), plan, seed, (known.measure, a, b)),
        "swap_p": _swap_p(groups, a, b, plan, seed) if known.measure == "wasserstein" else np.nan,
    }


def _seeds(spectra: Sequence[Spectrum]) -> list[int]:
    return sorted({spectrum.seed for spectrum in spectra})


def _units(groups: Groups, a: str, b: str, known: MeasuredPairs) -> tuple[str, list[Unit], list[Unit]]:
    """What the two groups are made of: seeds, or parts of the replicas where one has a single seed."""
    seeds = {group: _seeds(groups[group]) for group in (a, b)}
    parts = {group: known.parts.seeds(group) for group in (a, b)}
    replicas = min(map(len, seeds.values())) == 1 and min(map(len, parts.values())) >= 2
    chosen = parts if replicas else seeds
    units_a, units_b = ([(group, seed) for seed in chosen[group]] for group in (a, b))
    return "replicas" if replicas else "seeds", units_a, units_b


def _paired(groups: Groups, a: str, b: str, seeds: SeedDistances) -> dict[str, float]:
    """Mean and standard deviation (n - 1) of the distances between the groups at equal seeds."""
    both = sorted({*_seeds(groups[a])} & {*_seeds(groups[b])})
    found = seeds.between([(a, seed) for seed in both], [(b, seed) for seed in both]).diagonal()
    found = found[np.isfinite(found)]
    return {
        "paired_mean": float(found.mean()) if len(found) else np.nan,
        "paired_sd": float(found.std(ddof=1)) if len(found) > 1 else np.nan,
    }


def matrix_statistics(D: FloatArray, n_a: int, plan: Plan, seed: int, names: tuple[str | int, ...]) -> dict[str, float]:
    """Means, ratio, interval and p-value of one matrix of distances (n, n), the first n_a units being a's.

    seed, names: root and names of the random streams. Empty where a side has fewer than 2 units.
    """
    n_b = len(D) - n_a
    if min(n_a, n_b) < 2:
        return {}
    means = group_means(D, n_a, np.ones((1, n_a)), np.ones((1, n_b)))
    low, high = ratio_interval(D, n_a, plan.bootstraps, plan.alpha, stream(seed, "bootstrap", *names))
    return {
        **dict(zip(("between_mean", "within_a_mean", "within_b_mean"), means[:, 0].tolist(), strict=True)),
        "ratio": float(ratios(means)[0]),
        "ratio_low": low,
        "ratio_high": high,
        "p_value": permutation_p(D, n_a, plan.permutations, stream(seed, "permutation", *names)),
    }


def _swap_p(groups: Groups, a: str, b: str, plan: Plan, seed: int) -> float:
    """The swap test over the seeds and windows that both groups have."""
    of_a, of_b = ({(s.seed, s.window_start): s.eigenvalues for s in groups[group]} for group in (a, b))
    pairs = [(of_a[key], of_b[key]) for key in sorted(of_a.keys() & of_b.keys())]
    return swap_p(pairs, plan.swaps, stream(seed, "swap", "wasserstein", a, b))
