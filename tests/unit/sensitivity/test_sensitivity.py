"""A sweep's verdicts are those of ordinary fits, setting by setting; its plan and its figure say what they should."""

import numpy as np
import pandas as pd
import pytest

from traindyn.compare import distances, read_spectra, verdicts
from traindyn.config import ComparisonPlan, KoopmanPlan, SensitivityPlan
from traindyn.direct.fits import fit_seeds
from traindyn.direct.given import seeds_of
from traindyn.errors import InputError
from traindyn.koopman import fit, fit_plans, fit_recording, write_fits
from traindyn.plotting import read_sensitivity, sensitivity, standing
from traindyn.recording import labels, open_recording
from traindyn.sensitivity import sweep

RATES = {"a": (0.99, 0.95, 0.9, 0.8), "b": (0.99, 0.95, 0.9, 0.8), "c": (0.97, 0.92, 0.7, 0.6)}
KOOPMAN = KoopmanPlan(delays=2, modes=4)
COMPARISON = ComparisonPlan(permutations=99, bootstraps=99)
PLAN = SensitivityPlan(delays=[0, 4], modes=[2], components=[None, 4], windows=[(0, 20), (15, 40)])
# As tables of verdicts are written, whichever settings share a factorisation: rounding of fits of up to 1e-10.
SAME = {"rtol": 1e-7, "atol": 1e-9, "check_dtype": False}


def trajectories(rates, seed, weights=6, steps=40):
    draw = np.random.default_rng(seed)
    orbits = draw.normal(size=(3, 1, len(rates))) * np.array(rates) ** np.arange(steps)[:, None]
    values = orbits @ draw.normal(size=(len(rates), weights))
    return values + 1e-4 * draw.normal(size=values.shape)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Three groups of four seeds, a file for each seed, as the workflow makes them."""
    arrays = {
        label: [trajectories(rates, 10 * n + s) for s in range(4)] for n, (label, rates) in enumerate(RATES.items())
    }
    folder = tmp_path_factory.mktemp("sweep")
    for name in ("recordings", "fits"):
        (folder / name).mkdir()
    return fit_seeds(seeds_of(arrays), folder, lambda line: None, delays=2, modes=4).recordings


def swept(recordings, plan=PLAN, koopman=KOOPMAN, workers=1):
    return sweep(recordings, dict.fromkeys(RATES, koopman), plan, COMPARISON, 3, lambda line: None, workers)


@pytest.fixture(scope="module")
def table(recordings):
    return swept(recordings)


def ordinary(recordings, folder, koopman):
    """The verdicts that the workflow's rules give, one after the other."""
    paths = []
    for number, path in enumerate(recordings):
        with open_recording(path) as recording:
            rows = fit_recording(recording, koopman, lambda line: None, 3)
            paths.append(folder / f"{number}.h5")
            write_fits(paths[-1], rows, labels(recording))
    spectra, measures = read_spectra(paths), ["principal_eigenvalues", "wasserstein"]
    tables = distances(spectra, measures), distances([], measures)
    return verdicts(*tables, spectra, COMPARISON, 3, diverged_groups=RATES, measures=measures)


@pytest.mark.parametrize(
    ("where", "koopman"),
    [
        ("configured", KOOPMAN),
        ("delays == 4 and modes == 2 and components.isna() and window == '15-40'",
         KoopmanPlan(delays=4, modes=2, windows=[(15, 40)])),
        ("delays == 0 and modes == 4 and components == 4 and window == 'configured'",
         KoopmanPlan(delays=0, modes=4, components=4)),
    ],
)  # fmt: skip
def test_a_setting_of_the_sweep_is_the_ordinary_verdict(recordings, table, tmp_path, where, koopman):
    found = table.query(where).drop(columns=list(table.columns[:6])).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, ordinary(recordings, tmp_path, koopman), **SAME)


def test_every_combination_is_there_once_and_the_configured_one_marked(table):
    settings = table[["delays", "modes", "components", "window", "configured"]].drop_duplicates()
    assert len(settings) == 3 * 2 * 2 * 3
    assert len(table) == len(settings) * 2 * 3
    own = settings[settings.configured]
    assert own[["delays", "modes", "window"]].values.tolist() == [[2, 4, "configured"]]
    assert own.components.isna().all()


def test_systems_that_differ_are_told_apart_and_equal_ones_are_not(table):
    own = table.query("configured and measure == 'principal_eigenvalues'").set_index(["group_a", "group_b"])
    assert own.verdict["a", "b"] != "non-conjugate"
    assert own.verdict["a", "c"] == own.verdict["b", "c"] == "non-conjugate"


def test_the_table_does_not_depend_on_the_workers(recordings):
    few = SensitivityPlan(modes=[2])
    pd.testing.assert_frame_equal(swept(recordings, few), swept(recordings, few, workers=2))


@pytest.mark.parametrize("weights", [6, 900])
def test_plans_that_are_fitted_together_give_the_fits_of_each(recordings, tmp_path, weights):
    """Few weights, and so many that windows and delays share inner products."""

    class Recording:
        seeds, steps, replicas, path = np.array([5]), np.arange(40), 3, "made"

        def select(self, seed, replicas, steps):
            return trajectories(RATES["a"], seed, weights)[replicas, steps]

        def diverged(self, seed):
            return False

    Recording.weights = weights
    plans = [KoopmanPlan(delays=d, modes=k, windows=w) for d in (1, 3) for k in (2, 5) for w in ([(0, 25)], [(10, 40)])]
    plans.append(KoopmanPlan(delays=1, modes=3, components=4))
    plans.append(KoopmanPlan(delays=1, modes=3, windows=[(10, 40), (0, 25)], centre=True))
    for plan, rows in zip(plans, fit_plans(Recording(), plans, lambda line: None), strict=True):
        ranges = plan.windows or [(0, 40)]
        assert [(row.window.start, row.window.stop) for row in rows] == ranges
        for row, (start, stop) in zip(rows, ranges, strict=True):
            values = trajectories(RATES["a"], 5, weights)[:, start:stop]
            alone = fit(values, plan.delays, plan.modes, centre=plan.centre, components=plan.components)
            for name in ("eigenvalues", "energies", "residuals"):
                np.testing.assert_allclose(getattr(row.fit, name), getattr(alone, name), rtol=1e-7, atol=1e-9)


def test_plans_of_other_parts_are_not_fitted_together():
    with pytest.raises(ValueError, match="same parts"):
        fit_plans(None, [KoopmanPlan(delays=1), KoopmanPlan(delays=1, parts=2)], print)


# ---- the figure ----


@pytest.fixture
def file(table, tmp_path):
    table.to_csv(tmp_path / "sensitivity.csv", index=False)
    return tmp_path / "sensitivity.csv"


def test_the_figure_has_a_cell_for_every_setting_and_frames_the_configured(file):
    tables = read_sensitivity("made", file)
    figure = sensitivity(tables)
    assert len(figure.axes) == 3 * 2
    for axes in figure.axes:
        names = [patch.get_gid() for patch in axes.patches]
        assert sum(name.startswith("cell ") for name in names) == 36
        assert names.count("configured") == 1
        assert len([text for text in axes.texts if text.get_gid() == "block"]) == 6


def test_how_often_a_verdict_stands_is_counted_as_by_hand(table):
    rows = table
    for _, found in standing(rows).iterrows():
        own = rows[(rows[["measure", "group_a", "group_b"]] == found[["measure", "group_a", "group_b"]]).all(axis=1)]
        configured = own[own.configured].verdict.item()
        assert found.verdict == configured
        assert found.settings == len(own) == 36
        assert found.stands == pytest.approx(sum(own.verdict == configured) / 36)
        assert found[configured] == sum(own.verdict == configured)


def test_a_table_that_is_no_sweep_is_refused(table, tmp_path):
    rows = table
    for bad, message in (
        (rows.assign(configured=False), "must have one configured setting"),
        (rows.assign(verdict="same"), "unknown verdict same"),
        (rows.drop(columns="window"), "missing column window"),
    ):
        bad.to_csv(tmp_path / "bad.csv", index=False)
        with pytest.raises(InputError, match=message):
            read_sensitivity("made", tmp_path / "bad.csv")
