"""Verdicts on windows: those of groups, with every window in the place of a group; transitions are read off them."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from synthetic_spectra import noisy_group, spectrum

from traindyn.compare import distances, transitions, verdicts, window_verdicts
from traindyn.compare.bootstrap import ratio_interval
from traindyn.compare.energy import permutation_p
from traindyn.compare.swap import swap_p
from traindyn.compare.transport import assignment_costs, ground_costs
from traindyn.compare.verdict import adjusted, decide
from traindyn.streams import stream

PLAN = SimpleNamespace(alpha=0.05, margin=0.5, permutations=999, bootstraps=400, swaps=200)
CENTRE = np.array([0.99, 0.9, 0.7, 0.4])
COLUMNS = [
    *("measure", "group_a", "group_b", "window_start_a", "window_stop_a", "window_start_b", "window_stop_b"),
    *("n_a", "n_b", "paired_mean", "paired_sd", "between_mean", "within_a_mean", "within_b_mean"),
    *("ratio", "ratio_low", "ratio_high", "p_value", "q_value", "swap_p", "verdict", "unit"),
]
BOUNDS = COLUMNS[1:7]
BOUNDARY = ["measure", "group", "step", "ratio", "ratio_low", "ratio_high", "p_value", "q_value", "verdict"]


def law(group, shifts, seeds=6, seed=0):
    """Windows of 10 steps: first step → shift of the eigenvalues' common centre."""
    rng = np.random.default_rng(seed)
    return [
        s for start, shift in shifts.items() for s in noisy_group(rng, group, CENTRE - shift, seeds, 0.02, (start,))
    ]


def judged(spectra, parts=(), plan=PLAN, measures=("wasserstein",), seed=0) -> pd.DataFrame:
    names = list(measures)
    return window_verdicts(distances(spectra, names), distances(parts, names), spectra, plan, seed, names)


def row_of(table, *bounds):
    (found,) = [
        row
        for _, row in table.iterrows()
        if (row.group_a, row.window_start_a, row.group_b, row.window_start_b) == bounds
    ]
    return found


def test_every_two_windows_once_whatever_the_groups():
    """In the order of the groups, then of the steps, though the spectra come seed by seed."""
    spectra = sorted(
        law("b", {0: 0, 10: 0, 30: 0}, 3) + law("a", {10: 0, 20: 0}, 3), key=lambda s: (s.group == "a", s.seed)
    )
    table = judged(spectra, measures=["wasserstein", "cross_residual"])
    assert table.columns.tolist() == COLUMNS
    windows = [("b", 0), ("b", 10), ("b", 30), ("a", 10), ("a", 20)]
    expected = [(a, b, s, s + 10, t, t + 10) for (a, s), (b, t) in combinations(windows, 2)]
    for name, rows in table.groupby("measure", sort=False):
        assert list(rows[BOUNDS].itertuples(index=False, name=None)) == expected, name
    assert table["measure"].tolist() == ["wasserstein"] * 10 + ["cross_residual"] * 10
    assert {str(table[name].dtype) for name in BOUNDS[2:]} == {"int64"}


@pytest.mark.parametrize("bounds", [("a", 0, "a", 10), ("a", 10, "b", 20)], ids=["within", "across"])
def test_statistics_are_those_of_two_groups_of_seeds(bounds):
    """Fewer permutations than labelings, so that the stream's name matters."""
    spectra = law("a", {0: 0, 10: 0.01}, 5) + law("b", {10: 0.02, 20: 0.01}, 5, seed=1)
    plan = SimpleNamespace(alpha=0.1, margin=0.5, permutations=99, bootstraps=300, swaps=99)
    row = row_of(judged(spectra, plan=plan), *bounds)
    a, b = ([s.eigenvalues for s in spectra if (s.group, s.window_start) == unit] for unit in (bounds[:2], bounds[2:]))
    D = np.array([[assignment_costs(ground_costs(x, y)[None])[0] for y in a + b] for x in a + b])
    inside = ~np.eye(5, dtype=bool)
    between, within_a, within_b = D[:5, 5:].mean(), D[:5, :5][inside].mean(), D[5:, 5:][inside].mean()
    names = ("wasserstein", *(f"{group} [{start}, {start + 10})" for group, start in (bounds[:2], bounds[2:])))
    assert row[["n_a", "n_b", "unit"]].tolist() == [5, 5, "seeds"]
    assert row["paired_mean"] == pytest.approx(D[:5, 5:].diagonal().mean(), rel=1e-12)
    means = row[["between_mean", "within_a_mean", "within_b_mean"]].astype(float).tolist()
    assert means == pytest.approx([between, within_a, within_b], rel=1e-12)
    assert row["ratio"] == pytest.approx(between / ((within_a + within_b) / 2), rel=1e-12)
    assert row["p_value"] == permutation_p(D, 5, 99, stream(0, "permutation", *names))
    interval = ratio_interval(D, 5, 300, 0.1, stream(0, "bootstrap", *names))
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx(interval, rel=1e-12)
    assert row["swap_p"] == swap_p(list(zip(a, b, strict=True)), 1, np.random.default_rng(0))


def test_q_is_over_all_pairs_of_windows_and_the_rule_is_that_of_groups():
    table = judged(
        law("a", {0: 0, 10: 0.1}) + law("b", {0: 0.2, 10: 0}, seed=1), measures=["wasserstein", "cross_residual"]
    )
    for _, rows in table.groupby("measure"):
        assert len(rows) == 6
        assert rows["q_value"].tolist() == adjusted(rows["p_value"].to_numpy()).tolist()
        assert rows["verdict"].tolist() == [decide(row, PLAN.alpha, PLAN.margin) for _, row in rows.iterrows()]


def test_a_row_does_not_depend_on_other_windows():
    """Save for q and the verdict."""
    few = law("a", {0: 0, 10: 0.01})
    more = few + law("b", {0: 0, 10: 0}, seed=1)
    free = [name for name in COLUMNS if name not in ("q_value", "verdict")]
    alone, among = (row_of(judged(spectra), "a", 0, "a", 10) for spectra in (few, more))
    pd.testing.assert_series_equal(alone[free], among[free], check_names=False)


def test_one_window_per_group_is_no_comparison_of_windows():
    table = judged(law("a", {0: 0}) + law("b", {20: 0}, seed=1))
    assert (len(table), table.columns.tolist()) == (0, COLUMNS)
    found = transitions(table)
    assert (len(found), found.columns.tolist()) == (0, [*BOUNDARY, "transition", "settled"])
    assert found[["transition", "settled"]].dtypes.tolist() == [bool, bool]
    assert len(judged([])) == 0


def test_a_group_with_one_window_is_compared_with_the_windows_of_another():
    table = judged(law("a", {0: 0, 10: 0}) + law("b", {0: 0}, seed=1))
    assert len(table) == 3
    assert set(transitions(table)["group"]) == {"a"}


def test_a_single_seed_is_judged_by_its_parts_window_by_window():
    full = [spectrum(CENTRE - shift, "a", 0, start) for start, shift in ((0, 0.0), (10, 0.2))]
    parts = law("a", {0: 0.0, 10: 0.2}, 5)
    (row,) = (row for _, row in judged(full, parts).iterrows())
    assert row[["n_a", "n_b", "unit", "verdict"]].tolist() == [5, 5, "replicas", "non-conjugate"]
    assert row["paired_mean"] == pytest.approx(0.2)
    alone = judged(full).iloc[0]
    assert alone[["n_a", "n_b", "unit", "verdict"]].tolist() == [1, 1, "seeds", "undecided"]
    assert alone[["ratio", "ratio_low", "p_value", "q_value"]].isna().all()


def test_groups_are_still_judged_by_means_over_common_windows():
    """What `verdicts` does with several windows is not what this table does: one row a pair of groups."""
    spectra = law("a", {0: 0, 10: 0}) + law("b", {10: 0.2, 20: 0}, seed=1)
    table = verdicts(distances(spectra, ["wasserstein"]), distances([], []), spectra, PLAN, 0, measures=["wasserstein"])
    shared = row_of(judged(spectra), "a", 10, "b", 10)
    assert table["between_mean"].tolist() == pytest.approx([shared["between_mean"]])


# ---- transitions ----


@pytest.mark.parametrize("measure", ["wasserstein", "cross_residual"])
def test_a_shift_between_windows_of_one_law_is_the_only_transition(measure):
    table = judged(
        law("a", {0: 0, 10: 0, 20: 0.2, 30: 0.2}) + law("b", {0: 0, 10: 0, 20: 0}, seed=1), measures=[measure]
    )
    found = transitions(table)
    assert list(found[["group", "step"]].itertuples(index=False, name=None)) == [
        *(("a", step) for step in (10, 20, 30)),
        *(("b", step) for step in (10, 20)),
    ]
    assert found.loc[found["transition"], ["group", "step"]].to_numpy().tolist() == [["a", 20]]
    assert found["settled"].tolist() == [False, False, True, True, True]
    row = row_of(table, "a", 10, "a", 20)
    assert found.loc[1, BOUNDARY[3:]].tolist() == row[BOUNDARY[3:]].tolist()


def rows(*windows, group="a", measure="wasserstein", changes=()):
    """Rows of a table of verdicts on windows (start, stop); `changes`: pairs of starts that are non-conjugate."""
    made = [
        {
            "measure": measure,
            "group_a": group,
            "group_b": group,
            "window_start_a": a[0],
            "window_stop_a": a[1],
            "window_start_b": b[0],
            "window_stop_b": b[1],
            "ratio": 100.0 * a[0] + b[0],
            **dict.fromkeys(["ratio_low", "ratio_high", "p_value", "q_value"], 0.5),
            "verdict": "non-conjugate" if (a[0], b[0]) in changes else "undecided",
        }
        for a, b in combinations(windows, 2)
    ]
    return pd.DataFrame(made)


def test_overlapping_windows_are_compared_with_the_last_that_ended_before():
    found = transitions(rows((0, 20), (10, 30), (20, 40), (30, 50), changes=[(0, 10), (10, 20), (10, 30)]))
    assert found[["step", "ratio", "transition"]].to_numpy().tolist() == [[20, 20, False], [30, 1030, True]]


def test_gaps_and_windows_within_windows():
    found = transitions(rows((0, 10), (0, 12), (5, 12), (40, 50)).drop(index=[0]))
    assert found[["step", "ratio"]].to_numpy().tolist() == [[40, 540]]


def test_settled_is_what_follows_the_last_transition_of_each_group_and_measure():
    windows = [(start, start + 10) for start in range(0, 50, 10)]
    table = pd.concat(
        [
            rows(*windows, changes=[(0, 10), (20, 30)]),
            rows(*windows, group="b"),
            rows(*windows, group="b", measure="other", changes=[(30, 40)]),
        ],
        ignore_index=True,
    )
    found = transitions(table.sample(frac=1, random_state=0)).sort_values(["measure", "group", "step"])
    settled = {key: own["settled"].tolist() for key, own in found.groupby(["measure", "group"])}
    assert settled == {
        ("other", "b"): [False] * 4,
        ("wasserstein", "a"): [False, False, False, True],
        ("wasserstein", "b"): [True] * 4,
    }


def test_pairs_across_groups_are_no_boundaries():
    across = rows((0, 10), (10, 20), changes=[(0, 10)]).assign(group_b="b")
    assert transitions(across).empty


def test_a_window_that_stops_elsewhere_is_named_by_its_own_stop():
    spectra = [replace(s, window_stop=s.window_stop + 5 * (s.window_start == 10)) for s in law("a", {0: 0, 10: 0}, 3)]
    assert judged(spectra)[["window_stop_a", "window_stop_b"]].to_numpy().tolist() == [[10, 25]]
