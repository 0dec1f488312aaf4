"""Mehrotra's predictor-corrector method for the linear programme of `split_problem`.

Every variable of the problem is the difference of two that are not negative, and q lies between two bounds, so all
constraints are pairs (x, slack of its dual) with x·slack → 0. Start and iterates are strictly inside; the dual
variable z is feasible at every step, so that the gap to its value bounds how far the split is from the sparsest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from traindyn.interactions.split_problem import Split

TOLERANCE = 1e-10  # gap, relative to the objective
ITERATIONS = 60
INSIDE = 0.995  # of the way to the next bound
RIDGE = 1e-13  # added to each diagonal entry, times it: where a split is very sparse, the matrix loses its rank
REFINEMENTS = 1  # of each solution, with the operators themselves
STALLED = 4  # iterations without a smaller gap: rounding is all that is left
Parts = list[np.ndarray]
Solve = Callable[[Parts], tuple[np.ndarray, Parts, Parts]]


@dataclass
class Point:
    """An iterate. x: a⁺, a⁻, o⁺, o⁻; q with the duals (up, down) of its two bounds; z."""

    x: Parts
    q: np.ndarray
    bounds: Parts
    z: np.ndarray


@dataclass(frozen=True)
class Solution:
    """OR interactions of orders ≥ 2, changes q, the objective that they reach, and its distance from the dual's."""

    o: np.ndarray
    q: np.ndarray
    objective: float
    gap: float


def solve(split: Split, c: np.ndarray, slack: float) -> Solution:
    """The optimum for AND interactions c (2ⁿ − 1,) and |q| ≤ slack. c is best scaled to about 1.

    The best of at most ITERATIONS iterates is given; its gap says what it is worth.
    """
    point = _start(split, c)
    best, since = _solution(split, c, slack, point), 0
    for _ in range(ITERATIONS):
        if best.gap <= TOLERANCE * best.objective or since == STALLED:
            break
        try:
            # A slack that rounding made 0 makes an iterate that is not finite, hence not better.
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                point = _moved(split, c, slack, point)
        except np.linalg.LinAlgError:  # the matrix has no digits left
            break
        found = _solution(split, c, slack, point)
        best, since = (found, 0) if found.gap < best.gap else (best, since + 1)
    return best


def _start(split: Split, c: np.ndarray) -> Point:
    room = max(float(np.abs(c).mean()), np.finfo(float).tiny)
    small = np.full(split.many.sum(), room)
    half = np.full(len(c), 0.5)
    x = [np.maximum(c, 0) + room, np.maximum(-c, 0) + room, small, small.copy()]
    return Point(x, np.zeros(len(c)), [half, half.copy()], np.zeros(len(c)))


def _solution(split: Split, c: np.ndarray, slack: float, point: Point) -> Solution:
    """What the point's o and q give, with the a that belongs to them exactly, beside the value of its z."""
    o = point.x[2] - point.x[3]
    a = c - split.as_and(o) + (split.moebius(point.q) if slack else 0)
    objective = split.costs_and @ np.abs(a) + split.costs_or @ np.abs(o)
    bound = c @ point.z - slack * (np.abs(split.moebius_transposed(point.z)).sum() if slack else 0)
    return Solution(o, point.q, float(objective), float(objective - bound))


def _moved(split: Split, c: np.ndarray, slack: float, point: Point) -> Point:
    """One predictor-corrector step."""
    x, slacks = _pairs(split, slack, point)
    direction = _directions(split, c, slack, point, x, slacks)
    products = [a * b for a, b in zip(x, slacks, strict=True)]
    count, mean = sum(map(len, products)), sum(p.sum() for p in products) / sum(map(len, products))
    _, dx, ds = direction([-p for p in products])
    primal, dual = _longest(x, dx), _longest(slacks, ds)
    ahead = [(a + primal * da) @ (b + dual * db) for a, da, b, db in zip(x, dx, slacks, ds, strict=True)]
    centre = mean * (sum(ahead) / count / mean) ** 3
    dz, dx, ds = direction([centre - p - da * db for p, da, db in zip(products, dx, ds, strict=True)])
    primal, dual = INSIDE * _longest(x, dx), INSIDE * _longest(slacks, ds)
    moved = [a + primal * da for a, da in zip(x[:4], dx[:4], strict=True)]
    if not slack:
        return Point(moved, point.q, point.bounds, point.z + dual * dz)
    bounds = [b + dual * db for b, db in zip(point.bounds, ds[4:], strict=True)]
    return Point(moved, point.q + primal * dx[4], bounds, point.z + dual * dz)


def _pairs(split: Split, slack: float, point: Point) -> tuple[Parts, Parts]:
    """Variables that are not negative, and the slacks of their duals, in the same order."""
    g = split.as_and_transposed(point.z)
    slacks = [split.costs_and - point.z, split.costs_and + point.z, split.costs_or - g, split.costs_or + g]
    if not slack:
        return point.x, slacks
    return [*point.x, slack + point.q, slack - point.q], [*slacks, *point.bounds]


def _directions(split: Split, c: np.ndarray, slack: float, point: Point, x: Parts, s: Parts) -> Solve:
    """Newton's directions (of z, x, slacks) for wanted changes of the products x·s, by one Cholesky factor."""
    d_and, d_or = x[0] / s[0] + x[1] / s[1], x[2] / s[2] + x[3] / s[3]
    d_q = 1 / (s[4] / x[4] + s[5] / x[5]) if slack else None
    matrix = split.normal_matrix(d_and, d_or, d_q)
    matrix[np.diag_indices_from(matrix)] *= 1 + RIDGE
    factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
    left = c - (x[0] - x[1]) - split.as_and(x[2] - x[3]) + (split.moebius(point.q) if slack else 0)

    def product(z: np.ndarray) -> np.ndarray:
        found = d_and * z + split.as_and(d_or * split.as_and_transposed(z))
        return found if d_q is None else found + split.moebius(d_q * split.moebius_transposed(z))

    def solution(r: np.ndarray) -> np.ndarray:
        z = cho_solve(factor, r, check_finite=False)
        for _ in range(REFINEMENTS):
            z = z + cho_solve(factor, r - product(z), check_finite=False)
        return z

    def direction(wanted: Parts) -> tuple[np.ndarray, Parts, Parts]:
        r = left - (wanted[0] / s[0] - wanted[1] / s[1]) - split.as_and(wanted[2] / s[2] - wanted[3] / s[3])
        if d_q is not None:
            free = d_q * (wanted[4] / x[4] - wanted[5] / x[5])
            r = r + split.moebius(free)
        dz = solution(r)
        dg = split.as_and_transposed(dz)
        ds = [-dz, dz, -dg, dg]
        dx = [(w - a * d) / b for w, a, d, b in zip(wanted[:4], x[:4], ds, s[:4], strict=True)]
        if d_q is not None:
            dq = free - d_q * split.moebius_transposed(dz)
            dx += [dq, -dq]
            ds += [(wanted[4] - s[4] * dq) / x[4], (wanted[5] + s[5] * dq) / x[5]]
        return dz, dx, ds

    return direction


def _longest(values: Sequence[np.ndarray], changes: Sequence[np.ndarray]) -> float:
    """The longest step, at most 1, along which nothing becomes negative."""
    ratios = (-v[c < 0] / c[c < 0] for v, c in zip(values, changes, strict=True))
    return min(1.0, *(float(r.min(initial=np.inf)) for r in ratios))
