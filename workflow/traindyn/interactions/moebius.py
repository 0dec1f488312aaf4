"""Sums over subsets and over supersets, and their inverses, in O(n 2ⁿ); AND and OR interactions of a function.

A subset S of n variables is the number whose bit i is set where S holds variable i; functions of subsets are arrays
(…, 2ⁿ) in that order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Butterfly = Callable[[np.ndarray, np.ndarray], object]


def orders(variables: int) -> np.ndarray:
    """|S| (2ⁿ,) of every subset."""
    return np.bitwise_count(np.arange(1 << variables)).astype(np.int64)


def subset_sums(f: np.ndarray) -> np.ndarray:
    """Σ_{T⊆S} f(T) of functions (…, 2ⁿ), for every S."""
    return _transformed(f, lambda without, with_: np.add(with_, without, out=with_))


def moebius(f: np.ndarray) -> np.ndarray:
    """Σ_{T⊆S} (−1)^{|S|−|T|} f(T) of functions (…, 2ⁿ), for every S: inverse of `subset_sums`."""
    return _transformed(f, lambda without, with_: np.subtract(with_, without, out=with_))


def superset_sums(f: np.ndarray) -> np.ndarray:
    """Σ_{T⊇S} f(T) of functions (…, 2ⁿ), for every S."""
    return _transformed(f, lambda without, with_: np.add(without, with_, out=without))


def superset_moebius(f: np.ndarray) -> np.ndarray:
    """Σ_{T⊇S} (−1)^{|T|−|S|} f(T) of functions (…, 2ⁿ), for every S: inverse of `superset_sums`."""
    return _transformed(f, lambda without, with_: np.subtract(without, with_, out=without))


def and_interactions(v: np.ndarray) -> np.ndarray:
    """I_and(S) = Σ_{T⊆S} (−1)^{|S|−|T|} v(T) of outputs (…, 2ⁿ); I_and(∅) = v(∅)."""
    return moebius(v)


def or_interactions(v: np.ndarray) -> np.ndarray:
    """I_or(S) = −Σ_{T⊆S} (−1)^{|S|−|T|} v(N∖T) of outputs (…, 2ⁿ); I_or(∅) = v(∅), so that both rebuild alike.

    N∖T is the subset whose bits are those of T turned over: the array read backwards.
    """
    found = -moebius(v[..., ::-1])
    found[..., 0] = v[..., 0]
    return found


def rebuilt(I_and: np.ndarray, I_or: np.ndarray) -> np.ndarray:
    """Σ_{L⊆T} I_and(L) + Σ_{L∩T≠∅} I_or(L) (…, 2ⁿ) for every T; whatever I_or holds for ∅ does not count."""
    effects = I_or.copy()
    effects[..., 0] = 0
    # What a mask T does not meet lies in N∖T.
    missed = subset_sums(effects)[..., ::-1]
    return subset_sums(I_and) + effects.sum(-1, keepdims=True) - missed


def _transformed(f: np.ndarray, butterfly: Butterfly) -> np.ndarray:
    found = np.array(f, dtype=np.float64)
    variables = found.shape[-1].bit_length() - 1
    if found.shape[-1] != 1 << variables:
        raise ValueError(f"{found.shape[-1]} values are not those of all subsets")
    for variable in range(variables):
        pairs = found.reshape(-1, 2, 1 << variable)  # a view: without the variable, with it
        butterfly(pairs[:, 0], pairs[:, 1])
    return found
