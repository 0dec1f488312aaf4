"""Every kind of quantity on tables made by hand: the number, its interval and every outcome."""

import math

import numpy as np
import pandas as pd
import pytest
from claim_tables import curves, distances, evaluated, spectra, transitions, verdicts
from pydantic import TypeAdapter

from traindyn.claims import read_tables
from traindyn.claims.kinds import AnyQuantity
from traindyn.errors import InputError

ANY = TypeAdapter(AnyQuantity)

VERDICT = {"kind": "verdict", "groups": ["a", "b"], "verdict": "equivalent"}
DISTANCE = {"kind": "distance", "groups": ["a", "b"]}
WITHIN = {"kind": "within_distance", "group": "a"}
ORDER = {"kind": "order", "larger": ["a", "c"], "smaller": ["a", "b"]}
EIGENVALUES = {"kind": "eigenvalues", "group": "a", "tolerance": 0.001}
GENERALISES = {"kind": "generalises", "group": "a", "level": 0.9, "factor": 2.0}
CHANGE, SAME, UNCLEAR = "non-conjugate", "equivalent", "undecided"
TRANSITION = {"kind": "transition", "group": "a", "within": 300}
# Two-sided 95 % points of Student's t, from a printed table.
T2, T3 = 4.302653, 3.182446


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ("equivalent", "holds"),
        ("non-conjugate", "does not hold"),
        ("undecided", "undecided"),
        ("diverged", "undecided"),
        (np.nan, "undecided"),
    ],
)
def test_verdict(found, outcome):
    finding = evaluated(VERDICT, verdicts=verdicts(found))
    assert finding.outcome == outcome
    if found == found:
        assert (finding.value, finding.low, finding.high, finding.n) == (2.0, 1.5, 3.0, 3)
        assert finding.interval == "bootstrap interval over seeds"
        assert found in finding.reason


def test_verdict_expected_the_other_way_round_and_groups_in_either_order():
    other = VERDICT | {"verdict": "non-conjugate", "groups": ["b", "a"]}
    assert evaluated(other, verdicts=verdicts("non-conjugate")).outcome == "holds"
    assert evaluated(other, verdicts=verdicts("equivalent")).outcome == "does not hold"


def test_verdict_of_the_measure_asked_for():
    table = pd.concat([verdicts("non-conjugate", measure="cross_residual"), verdicts("equivalent")])
    assert evaluated(VERDICT, verdicts=table).outcome == "holds"
    assert evaluated(VERDICT | {"measure": "cross_residual"}, verdicts=table).outcome == "does not hold"
    assert evaluated(VERDICT | {"measure": "weighted_wasserstein"}, verdicts=table).outcome == "undecided"


def test_verdict_without_an_interval_shows_none():
    finding = evaluated(VERDICT, verdicts=verdicts("undecided", math.nan, math.nan, math.nan))
    assert (finding.outcome, finding.interval) == ("undecided", "")
    assert math.isnan(finding.value)


@pytest.mark.parametrize(("published", "outcome"), [(0.5, "holds"), (0.509, "holds"), (0.511, "does not hold")])
def test_distance_of_a_deterministic_run(published, outcome):
    table = distances({("a", 0): 0.0, ("b", 0): 0.5})
    finding = evaluated(DISTANCE | {"published": published, "tolerance": 0.01}, distances=table)
    assert (finding.value, finding.outcome, finding.n) == (0.5, outcome, 1)
    assert finding.interval == ""
    assert math.isnan(finding.low)


def three_seeds():
    """Distances at equal seeds 3, 4, 5; mean 4, standard error 1 / √3."""
    return distances({("a", s): 100.0 * s for s in range(3)} | {("b", s): 100.0 * s + 3 + s for s in range(3)})


def test_distance_is_paired_and_its_interval_is_students():
    finding = evaluated(DISTANCE | {"published": 4.0}, distances=three_seeds())
    assert finding.value == pytest.approx(4.0)
    assert finding.high - finding.value == pytest.approx(T2 / math.sqrt(3), rel=1e-6)
    assert finding.value - finding.low == pytest.approx(T2 / math.sqrt(3), rel=1e-6)
    assert (finding.n, finding.interval) == (3, "95% t interval over seeds")


@pytest.mark.parametrize(
    ("published", "outcome"),
    # The interval is 4 ± 2.484: wider than half of a published 4, but not of 6; 6.5 and 1.5 lie outside.
    [(4.0, "undecided"), (6.0, "holds"), (6.47, "holds"), (6.5, "does not hold"), (1.5, "does not hold")],
)
def test_distance_of_a_random_run(published, outcome):
    assert evaluated(DISTANCE | {"published": published}, distances=three_seeds()).outcome == outcome


def test_distance_counts_how_sure_the_published_mean_is():
    """Welch by hand: variances 1/3 and 3/3, each of 3 seeds: (4/3)² / ((1/9 + 1) / 2) = 3.2 degrees of freedom."""
    exact = {"mean": 6.6, "sd": math.sqrt(3)}
    assert evaluated(DISTANCE | {"published": exact}, distances=three_seeds()).outcome == "does not hold"
    finding = evaluated(DISTANCE | {"published": exact | {"seeds": 3}}, distances=three_seeds())
    assert finding.outcome == "undecided"
    width = float(finding.reason.split("± ")[1].split(":")[0])
    t_at_3_2 = 3.0726  # between t(3) = 3.1824 and t(4) = 2.7764
    assert width == pytest.approx(t_at_3_2 * math.sqrt(4 / 3), abs=0.06)
    # The interval shown is this run's own.
    assert finding.high - finding.value == pytest.approx(T2 / math.sqrt(3), rel=1e-6)


def test_distance_of_a_single_seed_needs_a_tolerance():
    table = distances({("a", 0): 0.0, ("b", 0): 0.5})
    finding = evaluated(DISTANCE | {"published": 0.5}, distances=table)
    assert (finding.outcome, finding.value) == ("undecided", 0.5)
    assert "tolerance" in finding.reason


def test_distance_to_a_group_that_diverged_is_undecided():
    table = distances({("a", 0): 0.0, ("a", 1): 1.0, ("c", 0): 0.5})
    for tolerance in (None, 1.0):
        finding = evaluated(DISTANCE | {"published": 0.5, "tolerance": tolerance}, distances=table)
        assert (finding.outcome, finding.n) == ("undecided", 0)
        assert math.isnan(finding.value)


def test_distance_of_the_measure_asked_for_is_the_mean_over_windows():
    ones = {("a", 0): 0.0, ("b", 0): 1.0}
    other = distances({("a", 0): 0.0, ("b", 0): 9.0}, measure="cross_residual")
    table = pd.concat([other, distances(ones), distances({("a", 0): 0.0, ("b", 0): 4.0}, window=50)])
    assert evaluated(DISTANCE | {"published": 2.5, "tolerance": 1e-9}, distances=table).outcome == "holds"


def test_within_distance_by_hand():
    """Points 0, 1, 3 on a line: distances 1, 2, 3, mean 2; without one of them 2, 3, 1: variance 2/3 · 2 = 4/3."""
    table = distances({("a", 0): 0.0, ("a", 1): 1.0, ("a", 2): 3.0, ("b", 0): 50.0})
    finding = evaluated(WITHIN | {"published": 20.0}, distances=table)
    assert (finding.value, finding.n, finding.outcome) == (2.0, 3, "does not hold")
    assert finding.high - 2.0 == pytest.approx(T2 * math.sqrt(4 / 3), rel=1e-6)
    assert evaluated(WITHIN | {"published": 2.0}, distances=table).outcome == "undecided"
    assert evaluated(WITHIN | {"published": 2.0, "tolerance": 0.1}, distances=table).outcome == "holds"


def test_within_distance_of_two_seeds_or_one_has_no_interval():
    two = distances({("a", 0): 0.0, ("a", 1): 1.0})
    finding = evaluated(WITHIN | {"published": 1.0}, distances=two)
    assert (finding.value, finding.outcome, finding.interval) == (1.0, "undecided", "")
    one = distances({("a", 0): 0.0, ("b", 1): 1.0})
    assert evaluated(WITHIN | {"published": 1.0}, distances=one).outcome == "undecided"


def test_the_intervals_cover_the_truth_about_as_often_as_they_say():
    """Seeds at random on a line: the mean distance of two standard normal numbers is 2 / √π."""
    generator = np.random.default_rng(0)
    truth, covered, rounds = 2 / math.sqrt(math.pi), 0, 400
    from traindyn.claims.estimate import pair_estimate

    for _ in range(rounds):
        points = generator.normal(size=25)
        found = pair_estimate(np.abs(points[:, None] - points[None]))
        covered += abs(found.mean - truth) <= found.half_width
    assert 0.91 <= covered / rounds <= 0.98


@pytest.mark.parametrize(
    ("of_c", "outcome"),
    # Differences of the distances a-c and a-b, by seed.
    [
        ((1.0, 2.0, 3.0, 2.0), "holds"),
        ((-1.0, -2.0, -3.0, -2.0), "does not hold"),
        ((-3.0, 1.0, 2.0, 1.0), "undecided"),
    ],
)
def test_order(of_c, outcome):
    points = {}
    for seed, difference in enumerate(of_c):
        points |= {("a", seed): 0.0, ("b", seed): 5.0 + seed, ("c", seed): 5.0 + seed + difference}
    finding = evaluated(ORDER, distances=distances(points))
    error = np.std(of_c, ddof=1) / 2
    assert finding.outcome == outcome
    assert finding.value == pytest.approx(np.mean(of_c))
    assert finding.high - finding.value == pytest.approx(T3 * error, rel=1e-6)


def test_order_uses_the_seeds_that_both_distances_have():
    points = {("a", s): 0.0 for s in range(4)} | {("b", s): 1.0 for s in range(4)} | {("c", s): 2.0 + s for s in (0, 3)}
    finding = evaluated(ORDER, distances=distances(points))
    assert (finding.value, finding.n) == (2.5, 2)
    single = distances({("a", 0): 0.0, ("b", 0): 1.0, ("c", 0): 2.0})
    assert evaluated(ORDER, distances=single).outcome == "undecided"
    assert evaluated(ORDER, distances=single).value == 1.0


@pytest.mark.parametrize(("shift", "outcome"), [(0.0009, "holds"), (-0.0009j, "holds"), (0.0011j, "does not hold")])
def test_eigenvalues(shift, outcome):
    quantity = EIGENVALUES | {"published": [0.9, [0.1, 0.4], [0.1, -0.4]]}
    table = pd.concat([spectra([0.1 - 0.4j, 0.9 + shift, 0.1 + 0.4j]), spectra([5.0], group="b")])
    finding = evaluated(quantity, spectra=table)
    assert finding.outcome == outcome
    assert finding.value == pytest.approx(abs(shift))


def test_eigenvalues_beyond_the_printed_ones():
    table = spectra([0.9, 0.002, -0.003j])
    listed = EIGENVALUES | {"published": [0.9]}
    assert evaluated(listed | {"rest_below": 0.004}, spectra=table).outcome == "holds"
    assert evaluated(listed | {"rest_below": 0.003}, spectra=table).outcome == "does not hold"
    finding = evaluated(listed, spectra=table)
    assert (finding.outcome, finding.reason) == ("does not hold", "3 eigenvalues, 1 are published")
    assert evaluated(EIGENVALUES | {"published": [0.9, 0.5]}, spectra=spectra([0.9])).outcome == "does not hold"


def test_eigenvalues_are_assigned_each_once():
    """Both published ones lie nearest to 0.9; one of them must be content with the other."""
    finding = evaluated(EIGENVALUES | {"published": [0.9, 0.9]}, spectra=spectra([0.9, 0.5]))
    assert (finding.outcome, finding.value) == ("does not hold", pytest.approx(0.4))


def test_eigenvalues_need_one_spectrum():
    quantity = EIGENVALUES | {"published": [0.9]}
    assert evaluated(quantity, spectra=spectra([0.9], group="b")).outcome == "undecided"
    two = pd.concat([spectra([0.9]), spectra([0.9], seed=1)])
    assert evaluated(quantity, spectra=two).outcome == "undecided"


@pytest.mark.parametrize(
    ("reached", "delayed", "at_once"),
    [
        ({0: (10, 30), 1: (20, 100)}, "holds", "does not hold"),
        ({0: (10, 20), 1: (20, 20)}, "does not hold", "holds"),
        ({0: (10, 20), 1: (20, 40)}, "does not hold", "holds"),  # a factor of exactly 2 is no delay
        ({0: (10, 30), 1: (20, 20)}, "undecided", "undecided"),
        ({0: (10, 30), 1: (20, None)}, "undecided", "does not hold"),  # at step 100, five times as late, still not
        ({0: (10, 10), 1: (60, None)}, "undecided", "undecided"),
        ({0: (10, 30), 1: (None, None)}, "undecided", "undecided"),
        ({0: (0, 0)}, "does not hold", "holds"),
        ({}, "undecided", "undecided"),
    ],
)
def test_generalises(reached, delayed, at_once):
    table = curves(reached)
    assert evaluated(GENERALISES | {"when": "delayed"}, learning_curves=table).outcome == delayed
    assert evaluated(GENERALISES | {"when": "at once"}, learning_curves=table).outcome == at_once


def test_generalises_shows_median_least_and_largest():
    table = pd.concat([curves({0: (10, 30), 1: (20, 100), 2: (10, 40)}), curves({0: (10, 10)}, group="b")])
    finding = evaluated(GENERALISES | {"when": "delayed"}, learning_curves=table)
    assert (finding.value, finding.low, finding.high, finding.n) == (4.0, 3.0, 5.0, 3)


def test_generalises_skips_steps_that_were_not_evaluated():
    table = curves({0: (10, 30)}, every=10)
    table.loc[table.step % 20 != 0, ["test_accuracy", "train_accuracy"]] = np.nan
    finding = evaluated(GENERALISES | {"when": "delayed"}, learning_curves=table)
    assert finding.value == 40 / 20


@pytest.mark.parametrize(
    ("rows", "first", "last"),
    [
        ([(100, CHANGE), (200, SAME), (400, CHANGE)], ("holds", 100), ("does not hold", 400)),
        ([(100, SAME), (400, CHANGE)], ("does not hold", 400), ("does not hold", 400)),
        ([(100, SAME), (200, SAME)], ("does not hold", None), ("does not hold", None)),
        ([(100, UNCLEAR), (200, SAME)], ("undecided", None), ("undecided", None)),
        ([(100, SAME), (400, UNCLEAR)], ("does not hold", None), ("does not hold", None)),
    ],
)
def test_transition(rows, first, last):
    for which, (outcome, step) in (("first", first), ("last", last)):
        finding = evaluated(TRANSITION | {"which": which}, transitions=transitions(rows))
        assert finding.outcome == outcome
        assert finding.value == step or (step is None and math.isnan(finding.value))


def test_transition_of_this_group_and_measure_in_a_table_from_a_file(tmp_path):
    table = pd.concat(
        [
            transitions([(100, CHANGE)], group="b"),
            transitions([(100, CHANGE)], measure="cross_residual"),
            transitions([(200, UNCLEAR), (300, CHANGE)]),
        ]
    )
    table.to_csv(tmp_path / "transitions.csv", index=False)
    finding = evaluated(TRANSITION, transitions=pd.read_csv(tmp_path / "transitions.csv"))
    assert (finding.outcome, finding.value) == ("holds", 300)
    assert evaluated(TRANSITION | {"group": "c"}, transitions=table).outcome == "undecided"


COMPANION = {"kind": "companion", "system": "interactions", "table": "phases", "column": "rise", "group": "a"}


@pytest.mark.parametrize(
    ("values", "bounds", "outcome"),
    [
        ([1.0, 2.0, 3.0], {"above": 0}, "holds"),
        ([1.0, 2.0, 3.0], {"above": 0, "below": 2.5}, "undecided"),
        ([-1.0, 2.0, 3.0], {"above": 0}, "undecided"),
        ([1.0, 2.0, 3.0], {"below": 2.0}, "undecided"),
        ([1.0, 2.0, 3.0], {"below": 1.0}, "does not hold"),
        ([1.0, 2.0, 3.0], {"above": 3.0, "below": 9}, "does not hold"),
        ([1.0, math.nan, 3.0], {"above": 0}, "undecided"),
        ([], {"above": 0}, "undecided"),
    ],
)
def test_companion(values, bounds, outcome):
    other = {"group": ["b", "a"], "rise": [-9.0, -9.0], "boundary": [5, 6]}
    rows = pd.concat([pd.DataFrame({"group": "a", "rise": values, "boundary": 5}), pd.DataFrame(other)])
    quantity = ANY.validate_python(COMPANION | bounds | {"where": {"boundary": 5}})
    finding = quantity.evaluate({"interactions/phases": rows})
    assert finding.outcome == outcome
    if len(values) == 3 and not any(map(math.isnan, values)):
        assert (finding.value, finding.low, finding.high, finding.n) == (2.0, min(values), 3.0, 3)


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(0.1, 0.9, "holds"), (-0.4, 0.5, "undecided"), (-0.9, 0.1, "undecided"), (-0.9, -0.1, "does not hold")],
)
def test_companion_with_intervals_of_its_own(low, high, outcome):
    rows = pd.DataFrame({"group": ["a"], "rise": [(low + high) / 2], "from": [low], "to": [high]})
    quantity = ANY.validate_python(COMPANION | {"above": 0.0, "low": "from", "high": "to"})
    finding = quantity.evaluate({"interactions/phases": rows})
    assert (finding.outcome, finding.low, finding.high) == (outcome, low, high)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"system": "koopman"}, "system 'koopman': allowed are"),
        ({"table": "phase"}, "table 'phase' of interactions: allowed are strengths, checkpoints, theory, phases"),
        ({"above": None}, "needs above or below"),
    ],
)
def test_a_companion_that_is_not_there_is_named(change, words):
    with pytest.raises(ValueError, match=words):
        ANY.validate_python(COMPANION | {"above": 0.0} | change)


def test_tables_of_companions_are_found_by_their_folders(tmp_path):
    path = tmp_path / "digits" / "interactions" / "phases.csv"
    path.parent.mkdir(parents=True)
    path.write_text("group,rise\na,1.5\n")
    (name, found), *_ = read_tables([path])["digits"].items()
    assert name == "interactions/phases"
    quantity = ANY.validate_python(COMPANION | {"above": 1.0})
    assert quantity.evaluate({name: found}).outcome == "holds"
    lacking = ANY.validate_python(COMPANION | {"above": 1.0, "column": "fall"})
    with pytest.raises(InputError, match="interactions/phases has no column fall; it has group, rise"):
        lacking.evaluate({name: found})
