"""How far an early exponent tells the final loss, beside what the loss at the same step tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from traindyn.streams import stream

BASELINE = "loss"
LEVEL = 0.95
COLUMNS = (
    *("group", "step", "predictor", "runs", "spearman", "spearman_low", "spearman_high"),
    *("auc", "auc_low", "auc_high", "gain", "gain_low", "gain_high"),
)
FEWEST = 8  # runs: a rank correlation of fewer has an interval as wide as its range


def predictions(
    exponents: pd.DataFrame, root_seed: int, *, bootstraps: int, poor_loss: float | None = None
) -> pd.DataFrame:
    """A row per group, step and predictor.

    Predictors: `loss`, the baseline, at the step; `exponent 1`, the largest of the perturbations' growth until then;
    `mean exponent`, of all m. Columns: runs; spearman, its rank correlation with the final loss; auc, the probability
    that it is larger for a run that ends poorly, with a final loss above `poor_loss` or the median of all runs, than
    for one that does not (0.5: it tells nothing; NaN where there are not both); gain, |spearman| minus the baseline's.
    Intervals are percentiles over bootstrap samples of runs. A run that diverged later has the worst final loss; one
    that had diverged by the step is left out. Needs FEWEST runs, else no rows.
    """
    rows = [
        row
        for key, own in exponents.groupby(["group", "step"])
        for row in _rows(key, own, bootstraps, poor_loss, root_seed)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    key: tuple, own: pd.DataFrame, bootstraps: int, poor_loss: float | None, root_seed: int
) -> Iterator[tuple[object, ...]]:
    runs = own.pivot_table(index=["seed", "replica"], columns="index", values="exponent", dropna=False, sort=True)
    first = own.groupby(["seed", "replica"])[["loss", "final_loss"]].first()
    values = {
        BASELINE: first["loss"].to_numpy(),
        "exponent 1": runs.iloc[:, 0].to_numpy(),
        "mean exponent": runs.to_numpy().mean(axis=1),
    }
    known = np.all([np.isfinite(v) for v in values.values()], axis=0)
    final = first["final_loss"].to_numpy()[known]
    if known.sum() < FEWEST:
        return
    group, step = key
    samples = stream(root_seed, "predictions", group, int(step)).integers(known.sum(), size=(bootstraps, known.sum()))
    # First all runs as they are, then the samples.
    taken = np.vstack([np.arange(len(final)), samples])
    poor = (final > (np.median(final) if poor_loss is None else poor_loss))[taken]
    ranks = {name: rankdata(value[known][taken], axis=-1) for name, value in values.items()}
    final_ranks = rankdata(final[taken], axis=-1)
    correlations = {name: spearman(ranks[name], final_ranks) for name in values}
    for name, correlation in correlations.items():
        gains = np.abs(correlation) - np.abs(correlations[BASELINE])
        scores = [(each[0], *_interval(each[1:])) for each in (correlation, auc(ranks[name], poor), gains)]
        yield (group, step, name, len(final), *chain.from_iterable(scores))


def _interval(scores: np.ndarray) -> tuple[float, float]:
    finite = scores[np.isfinite(scores)]
    low, high = np.quantile(finite, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)) if len(finite) else (np.nan, np.nan)
    return float(low), float(high)


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation (…) of ranks (…, run); NaN where one of the two is constant."""
    a, b = a - a.mean(-1, keepdims=True), b - b.mean(-1, keepdims=True)
    scale = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    return np.divide((a * b).sum(-1), scale, out=np.full(scale.shape, np.nan), where=scale > 0)


def auc(ranks: np.ndarray, poor: np.ndarray) -> np.ndarray:
    """Probability (…) that the value is larger for a run that is poor than for one that is not, of ranks (…, run).

    Mann and Whitney's statistic. NaN where all runs are of one kind.
    """
    many = poor.sum(-1)
    pairs = many * (ranks.shape[-1] - many)
    won = (ranks * poor).sum(-1) - many * (many + 1) / 2
    return np.divide(won, pairs, out=np.full(won.shape, np.nan), where=pairs > 0)
