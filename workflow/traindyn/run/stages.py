"""Where the time went: seconds in training, in fitting, in other computing, and in everything else."""

import pandas as pd

# Rules that compute results of their own; the others collect, compare and draw what these found.
NAMES = {
    "train": "training",
    "fit": "fitting",
    "sweep": "fitting",
    **dict.fromkeys(("exponents", "fluctuations", "extraction"), "companion systems"),
    "judgements": "known answers",
}
REST = "everything else"
COLUMNS = ("stage", "jobs", "total_s", "share")


def stages(times: pd.DataFrame) -> pd.DataFrame:
    """Rows training, fitting, …, everything else, of run times by rule (`run_times`); columns as in COLUMNS.

    total_s: wall seconds of the stage's jobs, start-up included; share: of the seconds of all jobs, NaN without any.
    """
    stage = times["rule"].map(NAMES).fillna(REST)
    sums = times.groupby(stage)[["jobs", "total_s"]].sum().reindex([*dict.fromkeys(NAMES.values()), REST], fill_value=0)
    total = sums["total_s"].sum()
    sums["share"] = sums["total_s"] / total if total > 0 else float("nan")
    return sums.rename_axis("stage").reset_index()
