"""Small tables of results, made by hand."""

from itertools import combinations

import pandas as pd

from traindyn.claims import ClaimsFile


def distances(points, measure="wasserstein", window=0):
    """Distances |x - y| between points on a line: (group, seed) -> x, one row per unordered pair."""
    rows = [
        (measure, a, seed_a, window, b, seed_b, window, abs(x - y))
        for ((a, seed_a), x), ((b, seed_b), y) in combinations(points.items(), 2)
    ]
    columns = "measure group_a seed_a window_start_a group_b seed_b window_start_b distance"
    return pd.DataFrame(rows, columns=columns.split())


def verdicts(verdict, ratio=2.0, low=1.5, high=3.0, measure="wasserstein", unit="seeds"):
    """One row, on the groups a and b."""
    row = {"measure": measure, "group_a": "a", "group_b": "b", "n_a": 4, "n_b": 3}
    row |= {"ratio": ratio, "ratio_low": low, "ratio_high": high, "verdict": verdict, "unit": unit}
    return pd.DataFrame([row])


def spectra(values, group="a", seed=0):
    """One row per eigenvalue."""
    rows = [(group, seed, 0, complex(v).real, complex(v).imag) for v in values]
    return pd.DataFrame(rows, columns=["group", "seed", "window_start", "real", "imag"])


def curves(reached, last=100, every=10, group="a"):
    """seed -> (step from which the training accuracy is 1, that of the test accuracy); None: never in the run."""
    rows = [
        (group, seed, step, float(test is not None and step >= test), float(train is not None and step >= train))
        for seed, (train, test) in reached.items()
        for step in range(0, last + 1, every)
    ]
    return pd.DataFrame(rows, columns=["group", "seed", "step", "test_accuracy", "train_accuracy"])


def transitions(rows, group="a", measure="wasserstein"):
    """(step, verdict) -> the table."""
    table = pd.DataFrame(rows, columns=["step", "verdict"])
    return table.assign(transition=table["verdict"] == "non-conjugate", group=group, measure=measure)


def claims_file(quantity, **claim):
    """A file of one claim, `one`, on experiment `e`."""
    about = {"where": "figure 1", "statement": "It is so.", "experiment": "e"} | claim
    return {"title": "A paper", "claims": {"one": about | {"quantity": quantity}}}


def evaluated(quantity, **tables):
    """The finding of a quantity, from these tables."""
    claims = ClaimsFile.model_validate(claims_file(quantity))
    return claims.claims["one"].quantity.evaluate(tables)
