"""Which interactions are salient, and how strong they are order by order."""

from __future__ import annotations

import numpy as np

from traindyn.interactions.moebius import orders


def salient(effects: np.ndarray, share: float) -> np.ndarray:
    """Interactions (…, kind, 2ⁿ) of which those below `share` of the sample's largest, and those of ∅, are 0."""
    found = effects.copy()
    found[..., 0] = 0
    size = np.abs(found)
    found[size < share * size.max(axis=(-2, -1), keepdims=True)] = 0
    return found


def by_order(values: np.ndarray) -> np.ndarray:
    """Σ_{|S|=k} (…, n) of values (…, 2ⁿ) over the subsets of each order k = 1 … n."""
    size = orders(values.shape[-1].bit_length() - 1)
    members = size[:, None] == np.arange(1, size.max() + 1)
    return values @ members.astype(np.float64)


def shares(effects: np.ndarray) -> np.ndarray:
    """Share (n,) of each order in E_x Σ|I| of salient interactions (sample, kind, 2ⁿ); NaN where there are none."""
    strength = by_order(np.abs(effects)).sum(-2).mean(0)
    total = strength.sum()
    return strength / total if total > 0 else np.full_like(strength, np.nan)


def mean_order(shares: np.ndarray) -> np.ndarray:
    """Σ_k k·share_k of shares (…, n)."""
    return shares @ np.arange(1.0, shares.shape[-1] + 1)
