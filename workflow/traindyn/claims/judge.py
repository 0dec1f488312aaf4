"""Claims and tables → one row per claim: the paper's number, this run's, and the outcome."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from traindyn.claims.claim import Claim, ClaimsFile
from traindyn.claims.finding import Finding
from traindyn.claims.quantity import Tables
from traindyn.claims.setting import Setting

COLUMNS = {
    **dict.fromkeys(("claim", "where", "statement", "experiment", "kind", "computed", "expected"), "str"),
    **dict.fromkeys(("published", "published_sd", "value", "low", "high"), "float64"),
    "interval": "str",
    "n": "int64",
    "value_over_published": "float64",
    **dict.fromkeys(("outcome", "reason", "scale", "note"), "str"),
}


def judged(claims: ClaimsFile, tables: Mapping[str, Tables], settings: Mapping[str, Setting]) -> pd.DataFrame:
    """One row per claim, in the file's order; columns as in COLUMNS.

    tables: by experiment and name; settings: of the configured experiments.
    """
    rows = [_row(name, claim, tables, settings) for name, claim in claims.claims.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _row(name: str, claim: Claim, tables: Mapping[str, Tables], settings: Mapping[str, Setting]) -> dict[str, Any]:
    quantity, setting = claim.quantity, settings.get(claim.experiment)
    published = quantity.published_number()
    finding = _finding(claim, tables.get(claim.experiment, {}), setting)
    return {
        "claim": name,
        "where": claim.where,
        "statement": claim.statement,
        "experiment": claim.experiment,
        "kind": quantity.kind,
        "computed": quantity.computed(),
        "expected": quantity.expected(),
        "published": published,
        "published_sd": quantity.published_sd(),
        "value_over_published": finding.value / published if published else float("nan"),
        "scale": "" if setting is None else setting.scale,
        "note": claim.note or "",
        **asdict(finding),
    }


def _finding(claim: Claim, tables: Tables, setting: Setting | None) -> Finding:
    if setting is None:
        return Finding("not run", f"experiment {claim.experiment} is not in the configuration")
    missing = [table for table in claim.quantity.read() if table not in tables]
    if missing:
        return Finding("not run", f"experiment {claim.experiment} has no table {missing[0]}")
    found = claim.quantity.evaluate(tables)
    if claim.is_of(setting.tasks):
        return found
    return replace(
        found, outcome="undecided", reason=f"the paper's is of {claim.task_in_words()}, this run's of {setting.task}"
    )
