"""How far an early exponent tells the final loss, beside what the loss at the same step tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from traindyn.streams import stream

BASELINE = "loss"
LEVEL = 0.95
COLUMNS = (
    *("group", "step", "predictor", "runs", "spearman", "spearman_low", "spearman_high"),
    *("auc", "auc_low", "auc_high", "gain", "gain_low", "gain_high"),
)
FEWEST = 8  # runs: a rank correlation of fewer has an interval as wide as its range


def predictions(exponents: pd.DataFrame, bootstraps: int, root_seed: int) -> pd.DataFrame:
    """A row per group, step and predictor.

    Predictors: `loss`, the baseline, at the step; `exponent 1`, the largest of the perturbations' growth until then;
    `mean exponent`, of all m. Columns: runs; spearman, its rank correlation with the final loss; auc, the probability
    that of two runs on either side of the group's median final loss it is larger for the worse (0.5: it tells nothing);
    gain, |spearman| minus the baseline's. Intervals are percentiles over bootstrap samples of runs. A run that diverged
    later has the worst final loss; one that had diverged by the step is left out. Needs FEWEST runs, else no rows.
    """
    rows = [row for key, own in exponents.groupby(["group", "step"]) for row in _rows(key, own, bootstraps, root_seed)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(key: tuple, own: pd.DataFrame, bootstraps: int, root_seed: int) -> Iterator[tuple[object, ...]]:
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
    baseline = values[BASELINE][known]
    for name, value in values.items():
        scores = _scores(value[known], baseline, final)
        yield (group, step, name, int(known.sum()), *(n for score in scores for n in _interval(score, samples)))


def _scores(value: np.ndarray, baseline: np.ndarray, final: np.ndarray) -> list[Callable[[np.ndarray], float]]:
    """Rank correlation, AUC and gain, as functions of the runs (run,) that are taken."""

    def gain(i: np.ndarray) -> float:
        return abs(spearman(value[i], final[i])) - abs(spearman(baseline[i], final[i]))

    return [lambda i: spearman(value[i], final[i]), lambda i: auc(value[i], final[i]), gain]


def _interval(score: Callable[[np.ndarray], float], samples: np.ndarray) -> tuple[float, float, float]:
    values = np.array([score(sample) for sample in samples])
    values = values[np.isfinite(values)]
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    low, high = np.quantile(values, tails) if len(values) else (np.nan, np.nan)
    return score(np.arange(samples.shape[1])), float(low), float(high)


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Rank correlation; NaN where one of the two is constant."""
    a, b = rankdata(x), rankdata(y)
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else np.nan


def auc(x: np.ndarray, final: np.ndarray) -> float:
    """Probability that x is larger for a run above the median final loss than for another; NaN where none is above."""
    worse = final > np.median(final)
    return float(roc_auc_score(worse, x)) if worse.any() and not worse.all() else np.nan
