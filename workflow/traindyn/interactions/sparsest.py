"""The sparsest AND–OR interactions of outputs on all masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from traindyn.interactions.interior_point import solve
from traindyn.interactions.moebius import moebius
from traindyn.interactions.split_problem import Split

ENOUGH = 1e-6  # relative gap to the optimum beyond which the split is refused


@dataclass(frozen=True)
class Interactions:
    """AND and OR interactions (2ⁿ,) whose sums, `rebuilt`, are the outputs plus q (2ⁿ,).

    gap: how far Σ|I_and| + Σ|I_or| (with the costs of `split_problem`) is from the least possible at most, relative to
    it. I_and(∅) = v(∅), I_or(∅) = 0, q(∅) = 0. Effects of one variable, which are AND and OR alike, are among I_and.
    """

    I_and: np.ndarray
    I_or: np.ndarray
    q: np.ndarray
    gap: float


def sparsest(v: np.ndarray, slack: float = 0.0) -> Interactions:
    """The split of outputs v (2ⁿ,) with the least Σ|I| over orders ≥ 1; q may change v by |q| ≤ slack (absolute).

    Raises:
        ArithmeticError: if the optimum is not reached to within ENOUGH.
    """
    changes = v - v[0]
    scale = float(np.abs(changes).max())
    nothing = np.zeros_like(changes)
    if scale == 0 or scale <= slack:  # q can take everything
        return Interactions(_with_constant(nothing, v[0]), nothing, -changes, 0.0)
    split = _split(len(v).bit_length() - 1)
    c = moebius(changes / scale)[split.some]
    found = solve(split, c, slack / scale)
    gap = max(found.gap, 0.0) / found.objective
    if not gap <= ENOUGH:
        raise ArithmeticError(f"the sparsest split was missed: relative gap {gap:.1e}")
    q = split.spread(found.q, split.some)
    a = c - split.as_and(found.o) + split.moebius(found.q)
    I_and = _with_constant(scale * split.spread(a, split.some), v[0])
    return Interactions(I_and, scale * split.spread(found.o, split.many), scale * q, gap)


def _with_constant(I_and: np.ndarray, constant: float) -> np.ndarray:
    found = I_and.copy()
    found[0] = constant
    return found


@cache
def _split(variables: int) -> Split:
    return Split(variables)
