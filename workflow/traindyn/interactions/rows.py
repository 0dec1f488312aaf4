"""Interactions of one network at one checkpoint → rows of tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from traindyn.interactions.moebius import orders
from traindyn.interactions.strengths import by_order

KINDS = ("and", "or")


def strengths_table(effects: np.ndarray) -> pd.DataFrame:
    """A row per kind and order of salient interactions (sample, kind, 2ⁿ), 0 where not salient.

    Columns: kind, order, positive and negative (mean over samples of the sum of their absolute values, in the outputs'
    unit: log odds), interactions (mean number of salient ones).
    """
    parts = {"positive": np.maximum(effects, 0), "negative": np.maximum(-effects, 0), "interactions": effects != 0}
    means = {name: by_order(part.astype(np.float64)).mean(0) for name, part in parts.items()}
    index = pd.MultiIndex.from_product([KINDS, range(1, means["positive"].shape[-1] + 1)], names=["kind", "order"])
    return pd.DataFrame({name: mean.ravel() for name, mean in means.items()}, index=index).reset_index()


def salient_table(effects: np.ndarray, samples: Sequence[int]) -> pd.DataFrame:
    """A row per salient interaction (sample, kind, 2ⁿ).

    Columns: sample (its number in the data), kind, members (bit i: variable i is one), order, value.
    """
    sample, kind, members = np.nonzero(effects)
    size = orders(effects.shape[-1].bit_length() - 1)
    columns = {
        "sample": np.asarray(samples)[sample],
        "kind": np.asarray(KINDS)[kind],
        "members": members,
        "order": size[members],
        "value": effects[sample, kind, members],
    }
    return pd.DataFrame(columns)
