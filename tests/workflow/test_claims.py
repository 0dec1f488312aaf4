"""The paper's claims on the optimizer experiment of the default configuration: its published numbers hold."""

import pandas as pd
import pytest
import yaml


@pytest.fixture(scope="module")
def finished(default_optimizers, tmp_path_factory):
    return default_optimizers.at(tmp_path_factory.mktemp("claims") / "study")


def test_the_published_numbers_hold_and_the_rest_is_not_run(finished):
    claims = pd.read_csv(finished.folder / "results" / "claims.csv").set_index("claim")
    of_optimizers = claims[claims.experiment == "optimizers"]
    assert len(of_optimizers) == 9
    assert set(of_optimizers.outcome) == {"holds"}
    assert set(claims[claims.experiment != "optimizers"].outcome) == {"not run"}
    numbers = of_optimizers.dropna(subset="published")
    assert len(numbers) == 3
    assert numbers.value.to_numpy() == pytest.approx(numbers.published.to_numpy(), abs=1e-6)


def test_claims_need_the_tables_only(finished):
    """No figure, report or page of run times was made on the way, and an edit of a claim judges again, no more."""
    assert not (finished.folder / "results" / "figures").exists()
    finished.edit("config/claims.yaml", "published: 0.008073", "published: 0.009073")
    assert finished.would_run("results/claims.csv") == {"claims": 1}
    finished.edit("config/claims.yaml", "published: 0.009073", "published: 0.008073")
    assert finished.would_run("results/claims.csv") == {}


def test_a_file_of_ones_own_and_an_experiment_without_windows(finished):
    claim = {
        "where": "nowhere",
        "statement": "It changes early.",
        "experiment": "optimizers",
        "quantity": {"kind": "transition", "group": "OMD", "within": 50},
    }
    (finished.folder / "own.yaml").write_text(yaml.safe_dump({"title": "Own", "claims": {"early": claim}}))
    finished.configure(lambda raw: raw.update(claims="own.yaml"))
    finished.run("results/claims.csv")
    (found,) = pd.read_csv(finished.folder / "results" / "claims.csv").itertuples()
    assert (found.claim, found.outcome) == ("early", "undecided")


def test_bad_claims_end_with_one_line_before_any_job(finished):
    def error(claims):
        finished.configure(lambda raw: raw.update(claims=claims))
        done = finished.run(check=False)
        assert done.returncode != 0
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and "profile" not in line]
        assert len(lines) == 1
        return lines[0]

    assert error("none.yaml").startswith("traindyn: configuration: claims = 'none.yaml': no such file")
    raw = yaml.safe_load((finished.folder / "own.yaml").read_text())
    raw["claims"]["early"]["quantity"]["group"] = "SGD"
    (finished.folder / "wrong.yaml").write_text(yaml.safe_dump(raw))
    assert error("wrong.yaml") == (
        "traindyn: wrong.yaml: claims.early: group 'SGD' is not in experiment 'optimizers'; "
        "allowed: OMD, OGD, bisection, bisection held"
    )


@pytest.mark.slow
def test_without_claims_there_is_no_table_of_them(finished):
    finished.configure(lambda raw: raw.pop("claims"))
    planned = finished.run("--dry-run", "--quiet", "host").stdout
    assert "claims" not in planned
    assert "run" in finished.would_run()
