"""Section *interactions*: Möbius transforms against the textbook's product, the sparsest split against other ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case
from benchmarks.context import Context

TEXTBOOK = "product with the 2ⁿ × 2ⁿ matrix"
HIGHS = "SciPy's HiGHS, written out"
SPARSE = "SciPy's HiGHS, dual, sparse"
DESCENT = "PyTorch, gradient descent on (p, q)"
SLACK = 0.04


def cases(context: Context) -> list[Case]:
    """Transforms of 64 functions of 10 and 12 variables; splits of a network's outputs on 8 and 10 variables."""
    transforms, splits = ((4,), (4,)) if context.quick else ((10, 12), (8, 10))
    steps = 200 if context.quick else 5000
    found: list[Case] = []
    for n in transforms:
        shared: dict[str, Any] = {"reference": TEXTBOOK, "difference": largest, "threads": context.threads}
        for method, prepare in ((TEXTBOOK, textbook), (OURS, fast)):
            found.append(Case(f"transform, 64 functions of {n} variables", method, prepare, {"n": n}, **shared))
    for n in splits:
        for slack in (0.0,) if context.quick else (0.0, SLACK):
            name = f"sparsest split, {n} variables, slack {slack:g}"
            shared = {"reference": OURS, "difference": excess, "threads": context.threads}
            if n <= 8:
                written = {"n": n, "slack": slack}
                found.append(Case(name, HIGHS, highs, written, **shared))
            if not slack:
                found.append(Case(name, SPARSE, highs_dual, {"n": n}, **shared))
            found.append(
                Case(name, DESCENT, descent, {"n": n, "slack": slack, "steps": steps}, note=f"{steps} steps", **shared)
            )
            found.append(Case(name, OURS, interior_point, {"n": n, "slack": slack}, **shared))
    return found


def functions(n: int) -> np.ndarray:
    """Drawn outputs (function, 2ⁿ)."""
    return np.random.default_rng(0).normal(size=(64, 1 << n))


def outputs(n: int) -> np.ndarray:
    """v (2ⁿ,) of a random network of ReLUs on all masks: interactions of all orders."""
    generator = np.random.default_rng(1)
    masks = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(float)
    hidden = np.maximum(masks @ generator.normal(size=(n, 20)) + generator.normal(size=20), 0)
    return np.asarray(hidden @ generator.normal(size=20))


def bound(v: np.ndarray, slack: float) -> float:
    """What each output may be changed by."""
    return slack * float(abs(v[-1] - v[0]))


def textbook(n: int) -> Callable[[], Any]:
    """Σ_{T⊆S} (−1)^{|S|−|T|} f(T) as one dense product."""
    f, matrix = functions(n), moebius_matrix(n)
    return lambda: f @ matrix.T


def moebius_matrix(n: int) -> np.ndarray:
    """(−1)^{|S|−|T|} for T ⊆ S, else 0: (2ⁿ, 2ⁿ)."""
    matrix = np.ones((1, 1))
    for _ in range(n):
        matrix = np.kron(np.array([[1.0, 0.0], [-1.0, 1.0]]), matrix)
    return matrix


def fast(n: int) -> Callable[[], Any]:
    """The same in O(n 2ⁿ)."""
    from traindyn.interactions.moebius import moebius

    f = functions(n)
    return lambda: moebius(f)


def interior_point(n: int, slack: float) -> Callable[[], Any]:
    """`traindyn.interactions.sparsest`; its tables of subsets are made before, once for each n."""
    from traindyn.interactions.sparsest import sparsest

    v = outputs(n)
    sparsest(v, bound(v, slack))

    def run() -> float:
        found = sparsest(v, bound(v, slack))
        return float(np.abs(found.I_and[1:]).sum() + np.abs(found.I_or[1:]).sum())

    return run


def highs(n: int, slack: float) -> Callable[[], Any]:
    """`scipy.optimize.linprog` on a, o ≥ 0 in pairs and q, with the triggers of all masks as its dense matrix."""
    from scipy.optimize import linprog

    v = outputs(n)
    S = np.arange(1, len(v))
    ands, ors = (S[:, None] & S) == S, (S[:, None] & S) != 0
    A = np.hstack([ands, -1.0 * ands, ors, -1.0 * ors, -np.eye(len(S))])
    costs = np.r_[np.ones(4 * len(S)), np.zeros(len(S))]
    bounds = [(0, None)] * (4 * len(S)) + [(-bound(v, slack), bound(v, slack))] * len(S)
    return lambda: float(linprog(costs, A_eq=A, b_eq=v[1:] - v[0], bounds=bounds, method="highs").fun)


def highs_dual(n: int) -> Callable[[], Any]:
    """HiGHS on the dual, max cᵀz over |z| ≤ 1, |Bᵀz| ≤ 1, whose matrix has 3ⁿ entries: the fastest that was found."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_array, vstack

    v = outputs(n)
    c = (moebius_matrix(n) @ (v - v[0]))[1:]
    subsets = np.abs(moebius_matrix(n)).T[1:, 1:]  # [S, L]: S ⊆ L
    sign = np.where(np.bitwise_count(np.arange(1, 1 << n)) % 2, 1.0, -1.0)
    B = csc_array(sign[:, None] * subsets)
    A, limits = vstack([B.T, -B.T]).tocsc(), np.ones(2 * len(c))
    return lambda: -float(linprog(-c, A_ub=A, b_ub=limits, bounds=(-1, 1), method="highs-ds").fun)


def descent(n: int, slack: float, steps: int) -> Callable[[], Any]:
    """Adam on ‖I_and‖₁ + ‖I_or‖₁ of v_and = ½(v + q) + p and v_or = ½(v + q) − p, rate falling to 0 by a cosine."""
    import torch

    v = torch.as_tensor(outputs(n))
    matrix, limit = torch.as_tensor(moebius_matrix(n)), bound(v.numpy(), slack)

    def objective(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
        half = (v + q.clamp(-limit, limit) * (torch.arange(len(v)) > 0)) / 2
        return (matrix @ (half + p))[1:].abs().sum() + (matrix @ (half - p).flip(0))[1:].abs().sum()

    def run() -> float:
        p, q = (torch.zeros_like(v, requires_grad=True) for _ in range(2))
        optimizer = torch.optim.Adam([p, q], lr=0.03)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        least = torch.inf
        for _ in range(steps):
            optimizer.zero_grad()
            loss = objective(p, q)
            loss.backward()
            optimizer.step()
            schedule.step()
            least = min(least, loss.item())
        return least

    return run


def largest(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of two interactions."""
    return float(np.abs(values - reference).max())


def excess(value: float, reference: float) -> float:
    """How far the objective lies above the reference's, relative to it."""
    return value / reference - 1
