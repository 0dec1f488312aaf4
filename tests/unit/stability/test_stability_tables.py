"""Predictions against other libraries and made data; rates beside spectra of systems whose rates are known."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import roc_auc_score

from traindyn.stability.predictions import auc, predictions, spearman
from traindyn.stability.rates import rates
from traindyn.stability.tables import final_losses


def runs(count=60, noise=0.1, seed=0):
    """Exponents of trainings whose final loss follows their first exponent; the loss at the step knows nothing."""
    generator = np.random.default_rng(seed)
    final = generator.normal(size=count)
    rows = [
        ("g", s, 0, 10, i, -i * abs(x) if i > 1 else x + noise * generator.normal(), generator.normal(), math.exp(x))
        for s, x in enumerate(final)
        for i in (1, 2)
    ]
    columns = ["group", "seed", "replica", "step", "index", "exponent", "loss", "final_loss"]
    return pd.DataFrame(rows, columns=columns)


def test_what_follows_the_final_loss_predicts_it_and_what_does_not_does_not():
    found = predictions(runs(), 0, bootstraps=199).set_index("predictor")
    assert found.loc["exponent 1", "spearman_low"] > 0.9
    assert found.loc["exponent 1", "auc_low"] > 0.9
    assert found.loc["exponent 1", "gain_low"] > 0.4
    assert found.loc["loss", "spearman_low"] < 0 < found.loc["loss", "spearman_high"]
    assert found.loc["loss", "gain"] == 0
    assert (found["runs"] == 60).all()


def test_rank_correlation_is_scipys():
    generator = np.random.default_rng(1)
    x, y = generator.integers(5, size=30), generator.normal(size=30)
    assert spearman(rankdata(x), rankdata(y)) == pytest.approx(spearmanr(x, y).statistic, abs=1e-14)
    assert math.isnan(spearman(rankdata(np.ones(5)), rankdata(np.arange(5))))


def test_auc_is_scikit_learns():
    generator = np.random.default_rng(2)
    x, poor = generator.integers(6, size=(3, 21)), generator.random(size=(3, 21)) < 0.3
    expected = [roc_auc_score(p, v) for v, p in zip(x, poor, strict=True)]
    np.testing.assert_allclose(auc(rankdata(x, axis=-1), poor), expected, atol=1e-14)
    assert math.isnan(auc(rankdata(x[0]), np.ones(21, dtype=bool)))


def test_what_ends_poorly_is_above_the_median_or_a_given_loss():
    table = runs()
    half, few = (predictions(table, 0, bootstraps=99, poor_loss=loss) for loss in (None, np.exp(1.5)))
    first = table[table["index"] == 1]
    for found, limit in ((half, first["final_loss"].median()), (few, np.exp(1.5))):
        row = found.set_index("predictor").loc["exponent 1"]
        assert row["auc"] == pytest.approx(roc_auc_score(first["final_loss"] > limit, first["exponent"]))


def test_a_diverged_end_is_the_worst_and_a_diverged_start_is_left_out():
    table = runs(20)
    table.loc[table["seed"] == 3, "final_loss"] = np.inf
    table.loc[table["seed"] == 4, ["exponent", "loss"]] = np.nan
    found = predictions(table, 0, bootstraps=99)
    assert (found["runs"] == 19).all()
    assert np.isfinite(found["spearman"]).all()


def test_few_runs_have_no_rows():
    assert predictions(runs(7), 0, bootstraps=99).empty


def test_the_same_table_gives_the_same_predictions():
    pd.testing.assert_frame_equal(predictions(runs(), 0, bootstraps=99), predictions(runs(), 0, bootstraps=99))


def test_rates_of_a_linear_system_agree():
    """x → diag(.9, .5) x: exponents ln .9 and ln .5, eigenvalues .9 and .5."""
    values = np.log([0.9, 0.5])
    exponents = pd.DataFrame(
        [("g", 0, 0, step, i + 1, v, v) for step in range(10, 101, 10) for i, v in enumerate(values)],
        columns=["group", "seed", "replica", "step", "index", "exponent", "local"],
    )
    spectra = pd.DataFrame(
        [("g", seed, 20, 61, e, 0.0) for seed in (0, 1) for e in (0.5, 0.9, 0.0)],
        columns=["group", "seed", "window_start", "window_stop", "real", "imag"],
    )
    found = rates(exponents, spectra)
    assert set(found["seed"]) == {0}  # seed 1 was not followed
    table = found.pivot(index="rank", columns="source", values="rate")
    np.testing.assert_allclose(table["Lyapunov"], values, atol=1e-14)
    np.testing.assert_allclose(table["Koopman"], values, atol=1e-14)


def test_a_window_between_two_reports_has_no_rates():
    exponents = pd.DataFrame(
        [("g", 0, 0, step, 1, 0.1, 0.1) for step in (10, 20)],
        columns=["group", "seed", "replica", "step", "index", "exponent", "local"],
    )
    spectra = pd.DataFrame(
        [("g", 0, 11, 19, 0.9, 0.0)], columns=["group", "seed", "window_start", "window_stop", "real", "imag"]
    )
    assert rates(exponents, spectra).empty


def test_final_losses_are_means_and_divergence_is_infinite():
    losses = np.array([[[3.0, 1.0, 2.0], [1.0, np.nan, np.nan]]])
    assert final_losses(losses, 2).tolist() == [[1.5, np.inf]]
