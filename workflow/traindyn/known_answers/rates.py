"""Judgements -> how often each way is right."""

import numpy as np
import pandas as pd

COLUMNS = ("pairs", "false_alarms", "equivalent", "others", "detections", "missed")


def rates(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per half and method, in the order of the table; shares of pairs.

    pairs: that are conjugate; false_alarms: shares of them called non-conjugate; equivalent: called equivalent;
    others: pairs that are not conjugate; detections: shares of them called non-conjugate; missed: called equivalent.
    """
    grouped = judged.groupby(["half", "method"], sort=False)
    rows = [[half, method, *_shares(of_method)] for (half, method), of_method in grouped]
    return pd.DataFrame(rows, columns=["half", "method", *COLUMNS])


def _shares(rows: pd.DataFrame) -> list[float]:
    conjugate, others = rows[rows["conjugate"]]["verdict"], rows[~rows["conjugate"]]["verdict"]
    return [
        len(conjugate),
        _share(conjugate, "non-conjugate"),
        _share(conjugate, "equivalent"),
        len(others),
        _share(others, "non-conjugate"),
        _share(others, "equivalent"),
    ]


def _share(verdicts: pd.Series, verdict: str) -> float:
    return float((verdicts == verdict).mean()) if len(verdicts) else np.nan
