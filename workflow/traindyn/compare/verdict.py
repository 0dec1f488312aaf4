"""Statistics -> verdicts, one for each measure and pair of groups."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from traindyn.compare.measures import measure
from traindyn.compare.parallel import parallel_map
from traindyn.compare.seeds import SeedDistances
from traindyn.compare.spectrum import FloatArray, Spectrum
from traindyn.compare.statistics import Groups, MeasuredPairs, Plan, statistics

COLUMNS = {
    **dict.fromkeys(("measure", "group_a", "group_b"), "str"),
    **dict.fromkeys(("n_a", "n_b"), "int64"),
    **dict.fromkeys(("paired_mean", "paired_sd"), "float64"),
    **dict.fromkeys(("between_mean", "within_a_mean", "within_b_mean"), "float64"),
    **dict.fromkeys(("ratio", "ratio_low", "ratio_high", "p_value", "q_value", "swap_p"), "float64"),
    **dict.fromkeys(("verdict", "unit"), "str"),
}


def verdicts(
    distances: pd.DataFrame,
    resampled_distances: pd.DataFrame,
    spectra: Sequence[Spectrum],
    plan: Plan,
    seed: int,
    diverged_groups: Iterable[str] = (),
    measures: Sequence[str] | None = None,
    workers: int = 1,
) -> pd.DataFrame:
    """One row per measure and pair of groups: statistics, tests and the verdict.

    distances, resampled_distances: tables of `compare.distances`, of the fits to whole seeds and of the fits
    to parts of a single seed's replicas; spectra: the fits to whole seeds; seed: root of the random streams;
    diverged_groups: groups of which a training diverged (those that have spectra all the same are judged by
    them); measures: by default those of the tables; workers: processes that share the rows, of which no
    number depends on them. Rows follow `measures`, then the groups as first met in
    `spectra`, then the diverged ones.

    Units are seeds. Where a group of the pair has a single seed, the parts of the replicas take their place
    (unit = "replicas"), and paired_mean is the distance of the full fits. q_value: Benjamini–Hochberg over
    the pairs of groups of this table (one experiment), for each measure apart. Verdict: `diverged` where a
    group has no spectrum; `non-conjugate` if q < alpha and ratio_low > 1; `equivalent` if ratio_high <
    1 + margin; else `undecided`, as where a group has fewer than 2 units.

    Of several windows: the distance of two units is the mean over the windows that both have (groups without a
    common window stay undecided), and `window_verdicts` judges the windows one by one.
    """
    groups: Groups = {}
    for spectrum in spectra:
        groups.setdefault(spectrum.group, []).append(spectrum)
    for group in diverged_groups:
        groups.setdefault(group, [])
    if measures is None:
        measures = pd.concat([distances, resampled_distances])["measure"].drop_duplicates().tolist()
    tables = {name: _of_measure(name, distances, resampled_distances) for name in measures}
    rows = parallel_map(
        lambda row: statistics(groups, *row[1], tables[row[0]], plan, seed),
        list(product(measures, combinations(groups, 2))),
        workers,
    )
    return _decided(pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS), plan)


def decide(row: pd.Series, alpha: float, margin: float, least_ratio: float = 1.0) -> str:
    """The verdict on one row of statistics; least_ratio: the measure's.

    Comparisons with NaN are false: what is missing is undecided.
    """
    if min(row["n_a"], row["n_b"]) == 0:
        return "diverged"
    if row["q_value"] < alpha and row["ratio_low"] > least_ratio:
        return "non-conjugate"
    return "equivalent" if row["ratio_high"] < 1 + margin else "undecided"


def adjusted(p_values: FloatArray) -> FloatArray:
    """Benjamini–Hochberg q-values; NaN (no test was made) stays NaN and counts as no hypothesis.

    q of the i-th smallest of n p-values: the least p_j n / j over j >= i. Written out because the libraries that have
    it take longer to import than all the tests of a small experiment.
    """
    q_values = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(np.isfinite(p_values))
    order = tested[np.argsort(p_values[tested])]
    scaled = p_values[order] / (np.arange(1, len(order) + 1) / len(order))
    q_values[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return q_values


def _of_measure(name: str, distances: pd.DataFrame, resampled_distances: pd.DataFrame) -> MeasuredPairs:
    tables = (table[table["measure"] == name] for table in (distances, resampled_distances))
    return MeasuredPairs(name, *(SeedDistances(table) for table in tables))


def _decided(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The rows with q-values over the pairs of each measure, and with verdicts."""
    for _, of_measure in rows.groupby("measure"):
        rows.loc[of_measure.index, "q_value"] = adjusted(of_measure["p_value"].to_numpy())
    rows["verdict"] = [
        decide(row, plan.alpha, plan.margin, measure(row["measure"]).least_ratio) for _, row in rows.iterrows()
    ]
    return rows.astype({"verdict": "str"})
