"""The factorial with a group that diverges: it is named with its step everywhere, and the others are compared."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

WILD = "wide/wild"
TAME = ["narrow/adam", "narrow/sgd", "wide/adam", "wide/sgd"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    from small_study import Study

    study = Study(tmp_path_factory.mktemp("factorial") / "study", "factorial.yaml")
    study.run("factorial")
    return study


def tables(folder):
    from traindyn.plotting import read_tables

    names = ("spectra", "distances", "resampled_distances", "learning_curves", "trajectories")
    paths = {name: folder / f"results/factorial/{name}.parquet" for name in names}
    return read_tables(
        "factorial",
        **paths,
        **{
            name: folder / f"results/factorial/{name}.csv"
            for name in ("verdicts", "window_verdicts", "transitions", "diverged")
        },
    )


def test_the_diverged_group_is_in_the_tables_with_its_steps(finished):
    diverged = pd.read_csv(finished.folder / "results/factorial/diverged.csv")
    assert set(diverged.group) == {WILD}
    assert len(diverged) == 3 * 3
    # By its decay alone every weight grows nine-fold a step, past float32's 3.4e38 within 45; the loss adds to that.
    assert diverged.step.between(3, 45).all()
    verdicts = pd.read_csv(finished.folder / "results/factorial/verdicts.csv")
    of_wild = (verdicts.group_a == WILD) | (verdicts.group_b == WILD)
    assert set(verdicts[of_wild].verdict) == {"diverged"}
    assert of_wild.sum() == 4 * 4


def test_its_windows_are_compared_one_by_one_without_the_diverged_group(finished):
    windows = pd.read_csv(finished.folder / "results/factorial/window_verdicts.csv")
    assert len(windows) == 4 * 28  # pairs of 4 groups × 2 windows
    assert set(windows.group_a) | set(windows.group_b) == set(TAME)
    bounds = windows[["window_start_a", "window_stop_a"]].drop_duplicates().to_numpy().tolist()
    assert sorted(bounds) == [[1, 31], [31, 61]]
    assert np.isfinite(windows.q_value).all()
    transitions = pd.read_csv(finished.folder / "results/factorial/transitions.csv")
    assert transitions.groupby("measure")["group"].apply(sorted).tolist() == [TAME] * 4
    assert set(transitions.step) == {31}
    own = windows[windows.group_a == windows.group_b]
    assert transitions.ratio.tolist() == own.ratio.tolist()


def test_the_others_are_compared_as_if_it_were_not_there(finished, tmp_path_factory):
    spectra = pd.read_parquet(finished.folder / "results/factorial/spectra.parquet")
    assert sorted(set(spectra.group)) == TAME
    verdicts = pd.read_csv(finished.folder / "results/factorial/verdicts.csv")
    tame = verdicts[verdicts.group_a.isin(TAME) & verdicts.group_b.isin(TAME)]
    assert len(tame) == 4 * 6
    assert not (tame.verdict == "diverged").any()
    assert np.isfinite(tame.q_value).all()

    without = finished.at(tmp_path_factory.mktemp("without") / "study")
    without.configure(lambda raw: raw["experiments"]["factorial"]["groups"].pop(WILD))
    without.run("results/factorial/verdicts.csv")
    alone = pd.read_csv(without.folder / "results/factorial/verdicts.csv")
    pd.testing.assert_frame_equal(tame.reset_index(drop=True), alone)


def test_the_figure_names_it_with_its_steps(finished):
    from traindyn.plotting import factorial

    read = tables(finished.folder)
    figure = factorial(read)
    words = [text.get_text() for text in figure.findobj(mpl.text.Text)]
    steps = read.diverged.groupby("seed")["step"].min()
    span = f"step {steps.min()}" if steps.min() == steps.max() else f"steps {steps.min()}–{steps.max()}"
    assert f"× all seeds diverged at {span}" in words
    assert words.count(WILD) == 3  # beside the heat map, beside and over the verdicts
    notes = " ".join(text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_gid() == "note")
    for seed, step in steps.items():
        assert f"seed {seed} (3 replicas) at step {step}" in notes
    assert (finished.folder / "results/figures/factorial.png").stat().st_size > 10_000
    page = (finished.folder / "results/notebooks/factorial.html").read_text(encoding="utf-8")
    assert page.count("<h3") >= 3  # a matrix of verdicts for every measure
    assert page.count("<td>diverged</td>") == 4 * 2 * 4
