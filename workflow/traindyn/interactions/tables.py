"""The checkpoints of one training → the rows of its tables, with the theory that comes nearest to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from traindyn.interactions.fitted import curves, fit
from traindyn.interactions.rows import salient_table, strengths_table
from traindyn.interactions.strengths import mean_order, salient, shares

# Of tables without a row; otherwise as in `study.study`.
COLUMNS = {
    "strengths": ("kind", "order", "positive", "negative", "interactions"),
    "salient": ("sample", "kind", "members", "order", "value"),
    "checkpoints": (
        *("train_loss", "test_loss", "gap", "train_accuracy", "test_accuracy"),
        *("mean_order", "strength", "variance", "r2"),
    ),
    "theory": ("order", "measured", "predicted"),
}


@dataclass(frozen=True)
class Checkpoint:
    """A network at a step: interactions (sample, kind, 2ⁿ), the largest gap of a split, and losses and accuracies."""

    seed: int
    step: int
    found: np.ndarray
    gap: float
    scores: dict[str, float]


def tables_of(
    found: Sequence[Checkpoint], salience: float, samples: Sequence[int]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Names and tables of one seed's checkpoints, one after the other; theory starts from the last of them.

    salience: share of a sample's largest interaction below which others do not count; samples: numbers of the inputs.
    """
    predicted = curves(found[-1].found, salience) if found else np.empty(0)
    for each in found:
        strong = salient(each.found, salience)
        measured = shares(strong)
        nearest = fit(measured, predicted)
        yield "strengths", strengths_table(strong).assign(step=each.step)
        yield "salient", salient_table(strong, samples).assign(step=each.step)
        order = range(1, len(measured) + 1)
        theory = {"step": each.step, "order": order, "measured": measured, "predicted": nearest.shares}
        yield "theory", pd.DataFrame(theory)
        whole = {
            "mean_order": float(mean_order(measured)),
            "strength": float(np.abs(strong).sum((-2, -1)).mean()),
            "variance": nearest.variance,
            "r2": nearest.r2,
        }
        yield "checkpoints", pd.DataFrame([{"step": each.step, **each.scores, **whole}])
