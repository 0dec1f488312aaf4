"""The verdicts as a table to read beside the figure."""

import numpy as np
import pandas as pd

from traindyn.plotting.verdicts import ratio_text


def verdict_summary(verdicts: pd.DataFrame) -> pd.DataFrame:
    """The verdicts as a table to read: one row per measure and pair of groups, numbers as rounded text."""
    columns = {
        "measure": verdicts["measure"],
        "groups": verdicts["group_a"] + " – " + verdicts["group_b"],
        "n": [f"{a:.0f}, {b:.0f}" for a, b in zip(verdicts["n_a"], verdicts["n_b"], strict=True)],
        "unit": verdicts["unit"],
        "distance": verdicts["paired_mean"].map(_short),
        "sd": verdicts["paired_sd"].map(_short),
        "between": verdicts["between_mean"].map(_short),
        "within a": verdicts["within_a_mean"].map(_short),
        "within b": verdicts["within_b_mean"].map(_short),
        "ratio [interval]": [ratio_text(verdict) or "–" for _, verdict in verdicts.iterrows()],
        "p": verdicts["p_value"].map(_short),
        "q": verdicts["q_value"].map(_short),
        "swap p": verdicts["swap_p"].map(_short),
        "verdict": verdicts["verdict"],
    }
    return pd.DataFrame(columns)


def _short(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "–"
