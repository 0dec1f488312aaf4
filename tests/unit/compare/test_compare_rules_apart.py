"""Where the default and the paper's rule differ."""

import pandas as pd

from traindyn.compare.rules_apart import COLUMNS, rules_apart


def table(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["measure", "group_a", "group_b", "verdict", "ratio"])


def test_pairs_with_different_verdicts_are_named():
    width = table(
        ("principal_eigenvalues", "a", "b", "equivalent", 1.0),
        ("principal_eigenvalues", "a", "c", "undecided", 1.1),
        ("wasserstein", "a", "b", "non-conjugate", 2.0),
        ("wasserstein", "a", "c", "undecided", 1.2),
    )
    (found,) = rules_apart({"width": width, "one": table(), "paper": width[2:]}).to_dict("records")
    assert found == {
        "experiment": "width",
        "group_a": "a",
        "group_b": "b",
        "measure": "principal_eigenvalues",
        "verdict": "equivalent",
        "ratio": 1.0,
        "paper_verdict": "non-conjugate",
        "paper_ratio": 2.0,
    }


def test_no_difference_is_an_empty_table():
    assert list(rules_apart({"width": table()}).columns) == COLUMNS
