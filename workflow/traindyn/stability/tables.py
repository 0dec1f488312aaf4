"""What was followed -> tables: exponents by step, angles between covariant vectors by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from traindyn.config.stability import StabilityPlan
from traindyn.stability.angles import subspace_angles, vector_angles
from traindyn.stability.follow import Followed
from traindyn.stability.lyapunov import covariant


def exponents_table(
    followed: Followed, plan: StabilityPlan, seeds: Sequence[int], replicas: Sequence[int]
) -> pd.DataFrame:
    """A row per network, reported step and exponent.

    Columns: seed, replica, step, index (1 is the largest), exponent (mean of ln r_ii per step from `start` to the
    step), local (the same since the report before), loss (at the step, on its batch). NaN from where one diverged.
    """
    sums = torch.stack(followed.sums)
    steps = torch.tensor(followed.steps, dtype=torch.float64)
    before = torch.cat([torch.zeros_like(sums[:1]), sums[:-1]])
    values = {
        "exponent": sums / (steps - plan.start).view(-1, 1, 1, 1),
        "local": (sums - before) / plan.report_every,
        "loss": torch.stack(followed.losses).unsqueeze(-1).expand_as(sums),
    }
    index = pd.MultiIndex.from_product(
        [followed.steps, seeds, replicas, range(1, plan.exponents + 1)], names=["step", "seed", "replica", "index"]
    )
    table = pd.DataFrame({name: value.numpy().ravel() for name, value in values.items()}, index=index)
    return table.reset_index().sort_values(["seed", "replica", "step", "index"], ignore_index=True)


def angles_table(
    followed: Followed, plan: StabilityPlan, seeds: Sequence[int], replicas: Sequence[int]
) -> pd.DataFrame:
    """A row per network, reported step at least `settle` away from both ends, and cut after the first j vectors.

    Columns: seed, replica, step, cut (j), vectors (angle between vectors j and j + 1), subspaces (smallest angle
    between the first j vectors and the others), both in radians, and gap (exponent j minus exponent j + 1 over the
    whole span): where it is 0 to within what the span can tell, the single vectors mean nothing, the subspaces of other
    cuts may. NaN where a direction was lost.
    """
    names = ["step", "seed", "replica", "cut"]
    columns = ["seed", "replica", "step", "cut", "vectors", "subspaces", "gap"]
    if not followed.triangles or plan.exponents < 2:
        return pd.DataFrame(columns=columns).astype("float64")
    steps, angles = _angles(followed, plan)
    span = followed.steps[-1] - plan.start
    ends = followed.sums[-1] / span
    gap = (ends[..., :-1] - ends[..., 1:]).expand(len(steps), *ends.shape[:-1], plan.exponents - 1)
    index = pd.MultiIndex.from_product([steps, seeds, replicas, range(1, plan.exponents)], names=names)
    values = {"vectors": angles[0], "subspaces": angles[1], "gap": gap}
    table = pd.DataFrame({name: value.numpy().ravel() for name, value in values.items()}, index=index).reset_index()
    return table[columns].sort_values(columns[:4], ignore_index=True)


def _angles(followed: Followed, plan: StabilityPlan) -> tuple[list[int], list[torch.Tensor]]:
    """Reported steps inside the settled span, in order, and the two kinds of angles (report, seed, replica, cut)."""
    last = torch.eye(plan.exponents, dtype=torch.float64).expand_as(followed.triangles[0])
    end = plan.start + len(followed.triangles) * plan.every
    wanted = {step for step in followed.steps if plan.start + plan.settle <= step <= end - plan.settle}
    found: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    for count, C in enumerate(covariant(reversed(followed.triangles), last), start=1):
        step = end - count * plan.every
        if step in wanted:
            found[step] = (vector_angles(C), subspace_angles(C))
    steps = sorted(found)
    shape = (*last.shape[:2], plan.exponents - 1)
    kinds = [torch.stack([found[s][k] for s in steps]) if steps else torch.empty(0, *shape) for k in (0, 1)]
    return steps, kinds


def final_losses(losses: np.ndarray, steps: int) -> np.ndarray:
    """Final loss (seed, replica) of losses (seed, replica, step): mean over the last `steps`; inf if diverged."""
    last = losses[..., -steps:].mean(axis=-1)
    return np.where(np.isfinite(last), last, np.inf)
