"""Verdicts: their columns, statistics and rules."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from synthetic_spectra import noisy_group, spectrum

from traindyn.compare import distances, verdicts
from traindyn.compare.bootstrap import ratio_interval
from traindyn.compare.energy import permutation_p
from traindyn.compare.measures import measure_names
from traindyn.compare.swap import swap_p
from traindyn.compare.transport import assignment_costs, ground_costs
from traindyn.compare.verdict import adjusted, decide
from traindyn.streams import stream

PLAN = SimpleNamespace(alpha=0.05, margin=0.5, permutations=999, bootstraps=400, swaps=200)
CENTRE = np.array([0.99, 0.9, 0.7, 0.4])
COLUMNS = [
    *("measure", "group_a", "group_b", "n_a", "n_b", "paired_mean", "paired_sd"),
    *("between_mean", "within_a_mean", "within_b_mean", "ratio", "ratio_low", "ratio_high"),
    *("p_value", "q_value", "swap_p", "verdict", "unit"),
]
NUMBERS = COLUMNS[5:16]


def judged(spectra, parts=(), plan=PLAN, measures=("wasserstein",), seed=0, **more) -> pd.DataFrame:
    names = list(measures)
    return verdicts(distances(spectra, names), distances(parts, names), spectra, plan, seed, **more)


def three_groups(seeds=6, starts=(0,)):
    """near and same come from one law, far from another."""
    rng = np.random.default_rng(0)
    laws = (("near", 0.0), ("same", 0.0), ("far", 0.2))
    return [s for name, shift in laws for s in noisy_group(rng, name, CENTRE - shift, seeds, 0.02, starts)]


def test_columns_order_and_rules():
    table = judged(three_groups(), measures=measure_names())
    assert table.columns.tolist() == COLUMNS
    pairs = [("near", "same"), ("near", "far"), ("same", "far")]
    expected = [(name, *pair) for name in measure_names() for pair in pairs]
    assert list(table[COLUMNS[:3]].itertuples(index=False, name=None)) == expected
    plain = table[table["measure"] == "wasserstein"].set_index(["group_a", "group_b"])["verdict"]
    assert plain.tolist() == ["equivalent", "non-conjugate", "non-conjugate"]
    assert (table["unit"] == "seeds").all()
    assert table["swap_p"].notna().tolist() == [name == "wasserstein" for name in table["measure"]]


def test_statistics_of_a_row():
    """Fewer permutations than labelings, so that the stream's name matters."""
    spectra = three_groups(seeds=5)
    plan = SimpleNamespace(alpha=0.1, margin=0.5, permutations=99, bootstraps=300, swaps=99)
    row = judged(spectra, plan=plan).iloc[0]
    a, b = ([s.eigenvalues for s in spectra if s.group == name] for name in ("near", "same"))
    D = np.array([[assignment_costs(ground_costs(x, y)[None])[0] for y in a + b] for x in a + b])
    paired = D[:5, 5:].diagonal()
    inside = ~np.eye(5, dtype=bool)
    between, within_a, within_b = D[:5, 5:].mean(), D[:5, :5][inside].mean(), D[5:, 5:][inside].mean()
    assert row[["n_a", "n_b"]].tolist() == [5, 5]
    assert row["paired_mean"] == pytest.approx(paired.mean(), rel=1e-12)
    assert row["paired_sd"] == pytest.approx(np.sqrt(((paired - paired.mean()) ** 2).sum() / 4), rel=1e-12)
    means = row[["between_mean", "within_a_mean", "within_b_mean"]].astype(float).tolist()
    assert means == pytest.approx([between, within_a, within_b], rel=1e-12)
    assert row["ratio"] == pytest.approx(between / ((within_a + within_b) / 2), rel=1e-12)
    names = ("wasserstein", "near", "same")
    assert row["p_value"] == permutation_p(D, 5, 99, stream(0, "permutation", *names))
    interval = ratio_interval(D, 5, 300, 0.1, stream(0, "bootstrap", *names))
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx(interval, rel=1e-12)
    assert row["swap_p"] == swap_p(list(zip(a, b, strict=True)), 1, np.random.default_rng(0))


def test_windows_are_averaged():
    spectra = three_groups(seeds=4, starts=(0, 10))
    row = judged(spectra).iloc[0]
    value = {(s.group, s.seed, s.window_start): s.eigenvalues for s in spectra}

    def mean(seed_a, seed_b):
        pairs = [(value["near", seed_a, w], value["same", seed_b, w]) for w in (0, 10)]
        return np.mean([assignment_costs(ground_costs(x, y)[None])[0] for x, y in pairs])

    assert row[["n_a", "n_b"]].tolist() == [4, 4]
    assert row["between_mean"] == pytest.approx(np.mean([mean(i, j) for i in range(4) for j in range(4)]))
    assert row["paired_mean"] == pytest.approx(np.mean([mean(i, i) for i in range(4)]))


def test_a_row_does_not_depend_on_other_rows():
    """Save for q, which by its nature weighs all pairs. 12 seeds a group: permutations are sampled."""
    spectra = three_groups(seeds=12)
    alone = judged([s for s in spectra if s.group != "same"]).iloc[0]
    among = judged(spectra, measures=["cross_residual", "wasserstein"]).iloc[4]
    free = [name for name in COLUMNS if name not in ("q_value", "verdict")]
    pd.testing.assert_series_equal(alone[free], among[free], check_names=False)
    interval = ["ratio_low", "ratio_high"]
    assert judged(spectra, seed=1).loc[1, interval].tolist() != alone[interval].tolist()


def test_equal_input_equal_table():
    spectra = three_groups()
    pd.testing.assert_frame_equal(judged(spectra), judged(spectra), check_exact=True)


def test_benjamini_hochberg_by_hand():
    """p sorted .01 .02 .03 .5 times 4 / rank: .04 .04 .04 .5, made monotone from the largest down."""
    found = adjusted(np.array([0.02, np.nan, 0.5, 0.01, 0.03]))
    assert found == pytest.approx([0.04, np.nan, 0.5, 0.04, 0.04], nan_ok=True)
    assert adjusted(np.array([0.04, 0.01])) == pytest.approx([0.04, 0.02])
    assert np.isnan(adjusted(np.array([np.nan]))).all()


def test_q_is_over_the_pairs_of_each_measure():
    table = judged(three_groups(), measures=["wasserstein", "cross_residual"])
    for _, rows in table.groupby("measure"):
        assert rows["q_value"].tolist() == pytest.approx(adjusted(rows["p_value"].to_numpy()).tolist())


@pytest.mark.parametrize(
    ("q", "low", "high", "verdict"),
    [
        (0.01, 1.2, 3.0, "non-conjugate"),
        (0.01, 1.1, 1.4, "non-conjugate"),
        (0.01, 0.9, 3.0, "undecided"),
        (0.01, 0.9, 1.4, "equivalent"),
        (0.05, 1.2, 3.0, "undecided"),
        (0.20, 0.8, 1.49, "equivalent"),
        (0.20, 0.8, 1.5, "undecided"),
        (np.nan, np.nan, np.nan, "undecided"),
    ],
)
def test_rule(q, low, high, verdict):
    row = pd.Series({"n_a": 5, "n_b": 5, "q_value": q, "ratio_low": low, "ratio_high": high})
    assert decide(row, alpha=0.05, margin=0.5) == verdict


def test_single_seeds_are_judged_by_their_parts():
    rng = np.random.default_rng(1)
    full = [spectrum(CENTRE - shift, group) for group, shift in (("a", 0.0), ("b", 0.2))]
    parts = [s for f in full for s in noisy_group(rng, f.group, f.eigenvalues.real, 5, 0.02)]
    row = judged(full, parts).iloc[0]
    assert row[["n_a", "n_b", "unit", "verdict"]].tolist() == [5, 5, "replicas", "non-conjugate"]
    assert row["paired_mean"] == pytest.approx(0.2)
    assert np.isnan(row["paired_sd"])
    assert row["between_mean"] != pytest.approx(0.2, abs=1e-6)
    assert row["swap_p"] == swap_p([(full[0].eigenvalues, full[1].eigenvalues)], 1, np.random.default_rng(0))


def test_a_single_seed_without_parts_is_undecided():
    spectra = [spectrum(CENTRE, "a"), *noisy_group(np.random.default_rng(2), "b", CENTRE, 5, 0.02)]
    row = judged(spectra).iloc[0]
    assert row[["n_a", "n_b", "unit", "verdict"]].tolist() == [1, 5, "seeds", "undecided"]
    assert row[NUMBERS[2:-1]].isna().all()
    assert row["paired_mean"] > 0


def test_two_seeds_cannot_be_equivalent():
    """The interval of two units would be a point."""
    row = judged(three_groups(seeds=2)).iloc[0]
    assert row["verdict"] == "undecided"
    assert np.isnan(row["ratio_high"])
    assert row["p_value"] > 0.3


def test_diverged_groups():
    """Only where no spectrum is left; its rows come last and say nothing else."""
    spectra = three_groups()
    table = judged(spectra, diverged_groups=["gone", "near"])
    gone = table[table["group_b"] == "gone"]
    assert table.loc[table["verdict"] == "diverged"].index.tolist() == gone.index.tolist()
    assert gone["group_a"].tolist() == ["near", "same", "far"]
    assert gone["n_b"].tolist() == [0, 0, 0]
    assert gone[NUMBERS].isna().all().all()
    others = table.drop(gone.index).reset_index(drop=True)
    pd.testing.assert_frame_equal(others, judged(spectra), check_exact=True)


def test_all_diverged():
    table = judged([], diverged_groups=["x", "y"], measures=[])
    assert (len(table), table.columns.tolist()) == (0, COLUMNS)
    named = verdicts(distances([], []), distances([], []), [], PLAN, 0, ["x", "y"], measures=["wasserstein"])
    assert named["verdict"].tolist() == ["diverged"]


def test_unequal_counts_have_no_swap_test():
    rng = np.random.default_rng(3)
    spectra = [*noisy_group(rng, "a", CENTRE, 4, 0.02), *noisy_group(rng, "b", CENTRE[:3], 4, 0.02)]
    row = judged(spectra).iloc[0]
    assert np.isnan(row["swap_p"])
    assert np.isfinite(row["p_value"])


@given(st.lists(st.floats(0, 1) | st.just(0.25), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_benjamini_hochberg_of_scipy(p_values):
    """Ties and zeros too; a missing test in between changes nothing."""
    expected = false_discovery_control(p_values)
    assert adjusted(np.array(p_values)) == pytest.approx(expected, abs=1e-15)
    found = adjusted(np.array([np.nan, *p_values]))
    assert found[1:] == pytest.approx(expected, abs=1e-15)


def imported(code: str, *modules: str) -> list[str]:
    """Those of `modules` that a new process has imported after `code`."""
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*(set({modules!r}) & sys.modules.keys()))"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("POT_")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()


def test_torch_is_not_imported():
    """POT would import it for its backends."""
    one = "from numpy import ones; from traindyn.compare.network_simplex import transport_cost"
    assert imported(f"{one}; transport_cost(ones(1), ones(1), ones((1, 1)))", "torch", "ot") == ["ot"]


def test_knowing_the_measures_does_not_import_pot():
    """Verdicts and the check of a configuration ask for no distance."""
    code = "from traindyn.compare.measures import measure, measure_names; print(*map(measure, measure_names()))"
    found = imported(code, "torch", "ot", "sklearn")
    assert "name='weighted_wasserstein'," in " ".join(found)
    assert not {"torch", "ot", "sklearn"} & {*found}


def test_jobs_do_without_what_is_slow_to_import():
    """A second of work in each of them, as much as a table of verdicts takes."""
    code = "from traindyn.compare import distances; distances([], ['wasserstein'])"
    assert imported(code, "ot", "xarray", "statsmodels", "scipy.stats", "torch") == []
