"""Verdicts on windows -> transitions: the steps at which a group's dynamics change.

Redman et al., "Identifying Equivalent Training Dynamics", section 4.3, reads them off heat maps of distances between
windows by eye; here the verdict on neighbouring windows decides.
"""

import pandas as pd

COLUMNS = ("measure", "group", "step", "ratio", "ratio_low", "ratio_high", "p_value", "q_value", "verdict")


def transitions(window_verdicts: pd.DataFrame) -> pd.DataFrame:
    """One row per measure, group and boundary between two consecutive windows of the group.

    window_verdicts: table of `compare.window_verdicts`. The windows before and after a boundary are one window and
    the last that ended before it began: the neighbour where windows lie side by side, never one that shares steps
    where they overlap. `step`: the start of the later one; `transition`: its verdict is `non-conjugate`.
    `settled`: neither this boundary nor any later one is a transition, so the earlier window of the first settled
    row begins a stretch in which no change was found (which is not to say that there was none: verdicts may be
    `undecided`).
    """
    own = window_verdicts[window_verdicts["group_a"] == window_verdicts["group_b"]]
    apart = own[own["window_stop_a"] <= own["window_start_b"]]
    last = apart.sort_values(["window_stop_a", "window_start_a"], kind="stable")
    last = last.drop_duplicates(["measure", "group_a", "window_start_b"], keep="last").sort_index(kind="stable")
    found = last.rename(columns={"group_a": "group", "window_start_b": "step"})[list(COLUMNS)].reset_index(drop=True)
    found["transition"] = found["verdict"] == "non-conjugate"
    found["settled"] = _settled(found)
    return found


def _settled(found: pd.DataFrame) -> pd.Series:
    latest_first = found.sort_values("step", ascending=False, kind="stable")
    changes = latest_first["transition"].astype(int)
    later = changes.groupby([latest_first["measure"], latest_first["group"]]).cummax()
    return later.reindex(found.index) == 0
