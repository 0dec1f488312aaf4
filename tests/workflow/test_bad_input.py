"""What a person sees of bad input: one line, a non-zero exit, nothing half-written."""

import pandas as pd
import pytest

BAD = {
    "shell in a name": (lambda raw: raw["experiments"].update({"a;b": raw["experiments"].pop("width")}), "a;b"),
    "too many delays": (lambda raw: raw["experiments"]["optimizers"]["koopman"].update(delays=60), "60 delays need"),
    "wrong type": (lambda raw: raw.update(experiments=[1]), "experiments: Input should be a valid dictionary"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_configuration_ends_before_any_job(study, case):
    change, words = BAD[case]
    bad = study("small.yaml")
    bad.configure(change)
    done = bad.run(check=False)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and "profile" not in line]
    assert len(lines) == 1, lines
    assert lines[0].startswith("traindyn: configuration: ")
    assert words in lines[0]
    assert not (bad.folder / "results").exists()


def test_damaged_recording_stops_its_fit_and_leaves_nothing(study):
    damaged = study("small.yaml")
    damaged.run("results/optimizers/recordings/x/mirror/0000-0000.h5")
    recording = damaged.folder / "results/optimizers/recordings/x/mirror/0000-0000.h5"
    recording.write_bytes(recording.read_bytes()[:-300])
    done = damaged.run("results/optimizers/verdicts.csv", "--rerun-triggers", "mtime", check=False)
    assert done.returncode != 0
    errors = [line for line in done.stderr.splitlines() if line.startswith("traindyn: ")]
    assert len(errors) == 1
    assert "results/optimizers/recordings/x/mirror/0000-0000.h5: damaged" in errors[0]
    assert "Traceback" not in done.stderr
    assert not list(damaged.folder.glob("results/optimizers/fits/x/mirror/*"))
    # The other group was not stopped.
    assert list(damaged.folder.glob("results/optimizers/fits/u/gradient/*.h5"))


def test_missing_data_that_no_mirror_has(study):
    missing = study("small.yaml")
    task = {"name": "mnist", "mirrors": ["http://127.0.0.1:9/nothing"]}
    missing.configure(lambda raw: raw["experiments"]["width"].update(task=task))
    done = missing.run("results/width/data.json", check=False)
    assert done.returncode != 0
    errors = [line for line in done.stderr.splitlines() if line.startswith("traindyn: ")]
    assert len(errors) == 1
    assert "no mirror delivers it" in errors[0]
    assert "Traceback" not in done.stderr


@pytest.mark.slow  # test_factorial has a diverged group too
def test_diverged_trainings_are_reported_and_stop_nothing(study):
    """Weight decay of 1000 at rate 1 blows every weight up within some 13 steps."""
    diverging = study("small.yaml")

    def change(raw):
        del raw["experiments"]["optimizers"]
        width = raw["experiments"]["width"]
        width["optimizers"]["wild"] = {"name": "sgd", "lr": 1.0, "weight_decay": 1000.0}
        width["groups"]["wild"] = {"architecture": "mlp3", "optimizer": "wild"}

    diverging.configure(change)
    diverging.run("figures")
    results = diverging.folder / "results"
    rows = pd.read_csv(results / "width" / "diverged.csv")
    assert len(rows) == 4 * 3
    assert set(rows.group) == {"wild"}
    assert rows.step.between(5, 30).all()
    verdicts = pd.read_csv(results / "width" / "verdicts.csv").set_index(["measure", "group_a", "group_b"]).verdict
    assert verdicts["wasserstein", "width 3", "wild"] == "diverged"
    assert verdicts["wasserstein", "width 3", "width 12"] != "diverged"
    assert "wild" not in set(pd.read_parquet(results / "width" / "spectra.parquet").group)
    assert (results / "figures" / "width.png").stat().st_size > 10_000
