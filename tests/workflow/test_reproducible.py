"""The same configuration gives the same tables, whatever the cores; the chunk size moves last digits only."""

import numpy as np
import pandas as pd
import pytest


def test_tables_are_equal_byte_for_byte_on_one_core_and_two(small, tmp_path):
    on_one = small.at(tmp_path / "study", results=False)
    on_one.run("optimizers", "results/width/verdicts.csv", "results/width/stability/predictions.csv", cores=1)
    first, second = on_one.tables(), small.tables()
    # Figure and notebook, tables of two experiments, resampled ones, of a companion system and its one job.
    assert len(first) >= 4 + 2 * 6 + 4 + 2
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.slow
def test_everything_is_equal_byte_for_byte_on_one_core_and_two(small, tmp_path):
    on_one = small.at(tmp_path / "study", results=False)
    on_one.run(cores=1)
    first, second = on_one.tables(), small.tables()
    assert set(first) == set(second)
    companion = 4 + 4 + 2  # figure and notebook, tables, parts of one job
    known_answers = 4 + 1  # figure and notebook, table
    # Of two experiments, claims, and where the rules differ.
    assert len(first) == 2 * (4 + 6) + 2 * 4 + 1 + 1 + companion + known_answers
    different = [name for name in first if first[name] != second[name]]
    assert different == []


def test_a_second_run_has_nothing_to_do(small):
    done = small.run()
    assert "Nothing to be done" in done.stdout + done.stderr


def test_a_title_is_shown_and_never_run(small):
    assert "touch hacked" in (small.folder / "study.yaml").read_text(encoding="utf-8")
    assert not list(small.folder.rglob("hacked"))
    assert "{{ 7 * 7 }}" in (small.folder / "results" / "report.html").read_text(encoding="utf-8")


def test_a_claim_cannot_get_out_of_the_scripts_of_the_report(small):
    """They hold the parameters of jobs as JSON: a text that ends a script would begin one of its own."""
    report = (small.folder / "results" / "report.html").read_text(encoding="utf-8")
    assert "document.title = 'taken'" in report
    assert "<script>document.title = 'taken'" not in report
    assert "together.</script>" not in report


def test_the_end_says_where_everything_is(small):
    output = (small.folder / "said.txt").read_text(encoding="utf-8")
    assert "results/figures/" in output
    assert "results/report.html" in output
    assert "100%" in output


def test_contracts_of_the_tables(small):
    results = small.folder / "results"
    spectra = pd.read_parquet(results / "width" / "spectra.parquet")
    columns = "experiment architecture optimizer group seed window_start window_stop mode real imag residual energy"
    assert list(spectra.columns) == columns.split()
    assert len(spectra) == 2 * 4 * 6
    assert set(spectra.group) == {"width 3", "width 12"}
    assert (spectra.window_start.unique(), spectra.window_stop.unique()) == ([1], [61])
    distances = pd.read_parquet(results / "width" / "distances.parquet")
    columns = "measure group_a seed_a window_start_a group_b seed_b window_start_b distance"
    assert list(distances.columns) == columns.split()
    assert len(distances) == 4 * 8 * 7 // 2
    verdicts = pd.read_csv(results / "width" / "verdicts.csv")
    assert len(verdicts) == 4
    assert set(verdicts.unit) == {"seeds"}
    assert set(pd.read_csv(results / "optimizers" / "verdicts.csv").unit) == {"replicas"}


def test_the_report_needs_nothing_else(small):
    page = (small.folder / "results" / "report.html").read_text(encoding="utf-8")
    assert len(page) > 1e6
    for name in ("width", "optimizers", "width_stability"):
        assert f"results/figures/{name}.png" in page
    # Pages and tables that are no experiment's: each is listed, and its content is in the report.
    for name in ("claims.html", "claims.csv", "run.html", "run_times.csv"):
        assert f'"results/{name}": {{"name": "{name}"' in page
    assert '"Claims": {' in page
    assert '"Run": {' in page
    for loaded in ('<script src="http', '<link href="http', '<img src="http'):
        assert loaded not in page


def test_claims_stand_beside_the_numbers_of_the_run(small):
    results = small.folder / "results"
    claims = pd.read_csv(results / "claims.csv").set_index("claim")
    assert claims.outcome.to_dict() == {"known": "does not hold", "learns": "holds", "elsewhere": "not run"}
    distances = pd.read_parquet(results / "optimizers" / "distances.parquet")
    expected = distances[distances.measure == "wasserstein"].distance.item()
    assert claims.loc["known", "value"] == expected
    assert claims.loc["known", "value_over_published"] == pytest.approx(expected / 100)
    assert claims.loc["learns", "scale"] == "4 seeds × 3 replicas × 60 steps, digits"
    assert "Training &amp; test accuracy &lt;rise&gt; together." in (results / "claims.html").read_text(
        encoding="utf-8"
    )


def test_run_times_of_all_jobs(small):
    results = small.folder / "results"
    times = pd.read_csv(results / "run_times.csv").set_index("rule")
    single = dict.fromkeys(("data", "spectra", "summary", "distances", "verdicts", "figure"), 2)
    companion = dict.fromkeys(("exponents", "stability_tables", "companion_figure_stability"), 1)
    once = dict.fromkeys(("judgements", "known_answers_page", "rules_apart", "claims"), 1)
    assert times.jobs.to_dict() == {"train": 2 + 4, "fit": 2 + 4, **single, **companion, **once}
    assert (times.total_s > 0).all()
    assert times.share.sum() == pytest.approx(1, abs=1e-3)
    assert "<td>root seed</td><td>1</td>" in (results / "run.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [pytest.param(1, marks=pytest.mark.slow), 4])
def test_chunk_size_moves_last_digits_only(small, study, size):
    """Batched products of another size round differently; 60 steps in float32 make 1e-4 of it at most."""
    reference = small.folder / "results" / "width"
    other = study("small.yaml")
    other.configure(lambda raw: raw["experiments"]["width"]["training"].update(chunk_size=size))
    other.run("results/width/verdicts.csv")
    results = other.folder / "results" / "width"
    expected, found = (pd.read_parquet(path / "distances.parquet") for path in (reference, results))
    np.testing.assert_allclose(found.distance, expected.distance, rtol=0, atol=1e-4)
    expected, found = (pd.read_csv(path / "verdicts.csv") for path in (reference, results))
    assert found.verdict.tolist() == expected.verdict.tolist()
