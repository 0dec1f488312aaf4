"""Where the measure to go by and the paper's rule come to different verdicts."""

from collections.abc import Mapping

import pandas as pd

PAPER = "wasserstein"
NAMES = ["group_a", "group_b"]
COLUMNS = ["experiment", *NAMES, "measure", "verdict", "ratio", "paper_verdict", "paper_ratio"]


def rules_apart(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per experiment and pair of groups on which its first measure and `wasserstein` have other verdicts.

    tables: experiment -> its table of `verdicts`; those without `wasserstein` have no rows.
    """
    found = [_apart(table).assign(experiment=name) for name, table in tables.items() if len(table)]
    return pd.concat([pd.DataFrame(columns=COLUMNS), *(each for each in found if len(each))], ignore_index=True)[
        COLUMNS
    ]


def _apart(table: pd.DataFrame) -> pd.DataFrame:
    first = table[table["measure"] == table["measure"].iloc[0]]
    paper = table[table["measure"] == PAPER][[*NAMES, "verdict", "ratio"]]
    paper = paper.rename(columns={"verdict": "paper_verdict", "ratio": "paper_ratio"})
    both = first.merge(paper, on=NAMES)
    return both[both["verdict"] != both["paper_verdict"]]
