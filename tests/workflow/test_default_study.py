"""The default study at a small size, down to its figures: what the other small workflows leave out."""

import pandas as pd
import pytest
from small_study import Study

COMPARED = ("early_phase", "grokking", "grokking_slip")
SYSTEMS = ("stability", "interactions", "criticality", "sides")


def small(raw: dict) -> None:
    """The same experiments, notebooks and options, with few seeds and steps."""
    raw |= {"claims": None, "known_answers": None}
    experiments = raw["experiments"]
    experiments["early_phase"] |= {"seeds": 2, "replicas": 1, "training": {"steps": 92, "test_every": 46}}
    experiments["early_phase"]["koopman"]["window_length"] = 46
    experiments["grokking"] |= {"seeds": 2, "replicas": 2, "training": {"steps": 60, "test_every": 20}}
    for name in ("grokking", "grokking_slip"):
        experiments[name]["koopman"]["delays"] = 8
    experiments["grokking"]["sensitivity"] = {"modes": [4, 8]}
    digits = experiments["duality_digits"]
    digits["training"]["steps"] = 200
    digits["criticality"] |= {"steps": [20, 100, 200], "equilibrium_checks": 3}
    digits["interactions"] |= {"samples": 2, "checkpoints": [0, 100, 200]}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("default") / "study", "small.yaml")
    study.configure_default(*COMPARED, "duality_digits")
    study.configure(small)
    study.run("figures")
    return study


def test_every_figure_is_drawn_from_tables_of_trainings(finished):
    drawn = {path.stem: path.stat().st_size for path in finished.folder.glob("results/figures/*.png")}
    systems = {f"duality_digits_{system}" for system in SYSTEMS}
    assert set(drawn) == {*COMPARED, "grokking_sensitivity", *systems}
    assert min(drawn.values()) > 10_000
    for name in COMPARED:
        verdicts = pd.read_csv(finished.folder / "results" / name / "verdicts.csv")
        assert len(verdicts)
        assert not (verdicts.verdict == "diverged").any()


def test_what_is_not_compared_is_fitted_for_its_companions_alone(finished):
    folder = finished.folder / "results" / "duality_digits"
    assert len(pd.read_parquet(folder / "spectra.parquet"))
    assert not list(folder.glob("verdicts.csv")) + list(folder.glob("distances.parquet"))
