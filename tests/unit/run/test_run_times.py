"""Benchmark files → run times by rule; the environment; the page."""

import math
import os

import pandas as pd
import pytest

from traindyn.errors import InputError
from traindyn.run import benchmark_files, elapsed, environment, run_page, run_times
from traindyn.run.environment import configuration_hash
from traindyn.run.stages import stages

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time"
PIECES = {"width": ["mlp5/sgd/0000-0004", "mlp5/sgd/0005-0009"], "tan": ["x/mirror/0000-0000"]}


def benchmark(folder, name, seconds, memory):
    path = folder / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}\n{seconds}\t0:00:01\t{memory}\t1\t1\t1\t1\t1\t1\t1\n")


@pytest.fixture
def folder(tmp_path):
    benchmark(tmp_path, "train/width/mlp5/sgd/0000-0004", 6.0, 100.0)
    benchmark(tmp_path, "train/width/mlp5/sgd/0005-0009", 2.0, 300.0)
    benchmark(tmp_path, "train/width/mlp5/sgd/0000-0009", 50.0, 999.0)  # chunks of an earlier configuration
    benchmark(tmp_path, "train/tan/x/mirror/0000-0000", 0.1, "-")
    benchmark(tmp_path, "train/gone/x/mirror/0000-0000", 70.0, 999.0)
    benchmark(tmp_path, "verdicts/width", 1.9, 50.5)
    benchmark(tmp_path, "verdicts/gone", 70.0, 999.0)
    benchmark(tmp_path, "spectra/tan", 0.0, "NA")
    benchmark(tmp_path, "old/gone", 70.0, 999.0)
    benchmark(tmp_path, "report", 13.0, 500.0)
    benchmark(tmp_path, "judgements", 30.0, 600.0)
    return tmp_path


def test_seconds_and_memory_by_rule_of_configured_experiments_only(folder):
    found = benchmark_files(folder, list(PIECES), PIECES)
    assert [path.relative_to(folder).as_posix() for path in found.left_out] == ["train/width/mlp5/sgd/0000-0009.tsv"]
    expected = pd.DataFrame(
        [("train", 3, 8.1, 6.0, 300.0, 0.81), ("verdicts", 1, 1.9, 1.9, 50.5, 0.19), ("spectra", 1, 0, 0, math.nan, 0)],
        columns=["rule", "jobs", "total_s", "longest_s", "max_rss_mb", "share"],
    )
    pd.testing.assert_frame_equal(run_times(found.counted), expected, check_dtype=False)


def test_jobs_of_the_whole_study_are_counted_where_it_has_them(folder):
    found = benchmark_files(folder, list(PIECES), PIECES, ["judgements", "claims"])
    times = run_times(found.counted).set_index("rule")
    assert times.jobs.to_dict() == {"judgements": 1, "train": 3, "verdicts": 1, "spectra": 1}
    assert times.total_s["judgements"] == 30.0


def test_no_benchmarks_give_an_empty_table_and_a_page_that_says_so(tmp_path):
    found = benchmark_files(tmp_path / "none", list(PIECES), PIECES)
    times = run_times(found.counted)
    assert (len(times), times.columns[0]) == (0, "rule")
    page = run_page(times, elapsed(found.counted), found.left_out, {"python": "3"})
    assert "There are no benchmark files" in page
    assert page.count("<table>") == 1
    assert "Not counted" not in page
    assert "Where the time went" not in page


def test_the_page_says_what_old_files_are_and_what_was_left_out(folder):
    found = benchmark_files(folder, list(PIECES), PIECES)
    page = run_page(run_times(found.counted), 4.0, found.left_out, {"<b>": "&"})
    assert "was not run again in the last run keeps the numbers" in page
    assert "Not counted: 1 file of jobs" in page
    assert '<td>train</td><td class="number">3</td><td class="number">8.1</td>' in page
    assert '<td>all</td><td class="number">5</td><td class="number">10.0</td>' in page
    assert '<td class="number">81.0%</td>' in page
    assert "10.0 seconds of jobs in 4.0 seconds: 2.50 at a time." in page
    assert "Everything else: 0.8 of the 4.0 seconds, at that rate." in page
    assert '<td>training</td><td class="number">3</td><td class="number">8.1</td><td class="number">81.0%</td>' in page
    assert '<td>fitting</td><td class="number">0</td><td class="number">0.0</td><td class="number">0.0%</td>' in page
    assert "nan" not in page.lower()
    assert "<td>&lt;b&gt;</td><td>&amp;</td>" in page


def test_stages_are_training_fitting_other_computing_and_the_rest():
    rules = ["figure", "train", "fit", "data", "sweep", "extraction", "exponents"]
    times = pd.DataFrame({"rule": rules, "jobs": [1, 2, 3, 4, 1, 1, 2], "total_s": [1.0, 8, 3, 1, 1, 2, 4]})
    expected = pd.DataFrame(
        [
            ("training", 2, 8.0, 0.4),
            ("fitting", 4, 4.0, 0.2),
            ("companion systems", 3, 6.0, 0.3),
            ("known answers", 0, 0.0, 0.0),
            ("everything else", 5, 2.0, 0.1),
        ],
        columns=["stage", "jobs", "total_s", "share"],
    )
    pd.testing.assert_frame_equal(stages(times), expected, check_names=False)
    assert stages(times.assign(total_s=0.0))["share"].isna().all()


def test_elapsed_counts_what_overlaps_once_and_pauses_not_at_all(tmp_path):
    counted = {"train": []}
    for i, (start, end) in enumerate([(100, 106), (104, 108), (105, 107), (500, 503)]):
        benchmark(tmp_path, f"{i}", end - start, 1.0)
        path = tmp_path / f"{i}.tsv"
        os.utime(path, (end, end))
        counted["train"].append(path)
    assert elapsed(counted) == 8 + 3
    assert elapsed({}) == 0


@pytest.mark.parametrize("content", ["", "a\tb\n1\t2\n", "s\tmax_rss\nfast\t1\n"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "verdicts" / "width.tsv"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(InputError, match="not a benchmark file") as caught:
        run_times(benchmark_files(tmp_path, ["width"], {}).counted)
    assert str(path) in str(caught.value)


def test_the_environment_has_versions_and_no_date():
    found = environment({"seed": 7, "experiments": {}})
    assert found["root seed"] == "7"
    assert {"python", "torch", "numpy", "snakemake", "platform", "cores", "git commit", "traindyn"} <= set(found)
    assert found == environment({"experiments": {}, "seed": 7})
    assert all(isinstance(value, str) and value for value in found.values())


def test_the_configuration_hash_follows_values_not_their_order():
    one = configuration_hash({"a": 1, "b": {"c": 2, "d": 3}})
    assert configuration_hash({"b": {"d": 3, "c": 2}, "a": 1}) == one
    assert configuration_hash({"a": 1, "b": {"c": 2, "d": 4}}) != one
    assert len(one) == 16
