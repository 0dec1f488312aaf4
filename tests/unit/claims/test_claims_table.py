"""Claims and tables → rows and page: what is not run, what is of another task, what is shown."""

import math
from pathlib import Path

import pandas as pd
import pytest
from claim_tables import claims_file, distances, verdicts

from traindyn.claims import ClaimsFile, Setting, claims_page, judged, read_tables, settings
from traindyn.claims.tables import FILES
from traindyn.config import read_config
from traindyn.errors import InputError

ROOT = Path(__file__).parents[3]
SETTING = {"e": Setting(scale="1 seed × 1 replica × 9 steps, digits", tasks=[{"name": "digits", "batch_size": 60}])}
DISTANCE = {"kind": "distance", "groups": ["a", "b"], "published": {"mean": 0.5, "sd": 0.1}, "tolerance": 0.05}
TABLES = {"e": {"distances": distances({("a", 0): 0.0, ("b", 0): 0.54})}}


def row(quantity=DISTANCE, tables=TABLES, setting=SETTING, **claim):
    return judged(ClaimsFile.model_validate(claims_file(quantity, **claim)), tables, setting).iloc[0]


def test_a_row_puts_the_published_number_beside_this_runs():
    found = row(note="A note.")
    assert (found.claim, found["where"], found.statement, found.note) == ("one", "figure 1", "It is so.", "A note.")
    assert (found.experiment, found.kind, found.outcome) == ("e", "distance", "holds")
    assert (found.published, found.published_sd, found.value) == (0.5, 0.1, 0.54)
    assert found.value_over_published == pytest.approx(1.08)
    assert found.computed == "distance a – b at equal seeds (wasserstein)"
    assert found.expected == "0.5 ± 0.1"
    assert found.scale == "1 seed × 1 replica × 9 steps, digits"


def test_an_experiment_that_is_not_configured_is_not_run_even_if_its_tables_lie_there():
    found = row(setting={})
    assert (found.outcome, found.reason, found.scale) == ("not run", "experiment e is not in the configuration", "")
    assert math.isnan(found.value)
    assert found.published == 0.5


def test_a_table_that_is_not_there_is_not_run():
    found = row({"kind": "transition", "group": "a", "within": 5})
    assert (found.outcome, found.reason) == ("not run", "experiment e has no table transitions")
    assert math.isnan(found.value_over_published)


def test_a_number_of_another_task_is_shown_and_left_undecided():
    found = row(task="mnist")
    assert (found.outcome, found.value) == ("undecided", 0.54)
    assert found.reason == "the paper's is of mnist, this run's of digits"
    assert row(task="digits").outcome == "holds"
    assert row(task={"name": "digits", "batch_size": 60}).outcome == "holds"
    other = row(task={"name": "digits", "batch_size": 30})
    assert other.outcome == "undecided"
    assert "the paper's is of digits (batch_size = 30)" in other.reason


def test_the_scale_in_words():
    found = settings(read_config(ROOT / "config" / "paper.yaml"))
    assert found["width"] == Setting(
        scale="25 seeds × 10 replicas × 1000 steps, mnist",
        tasks=[{"name": "mnist", "batch_size": 60, "order": "shuffled"}],
    )
    assert found["optimizers"].scale == "1 seed × 25 replicas × 99 steps, convex"


def test_tables_are_known_by_folder_and_name(tmp_path):
    (tmp_path / "e").mkdir()
    TABLES["e"]["distances"].to_parquet(tmp_path / "e" / "distances.parquet")
    verdicts("equivalent").to_csv(tmp_path / "e" / "verdicts.csv", index=False)
    found = read_tables([tmp_path / "e" / "distances.parquet", tmp_path / "e" / "verdicts.csv"])
    assert {name: set(tables) for name, tables in found.items()} == {"e": {"distances", "verdicts"}}
    pd.testing.assert_frame_equal(found["e"]["verdicts"], verdicts("equivalent"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("other.csv", "a\n1\n", "not a table that claims are read from"),
        ("verdicts.csv", "measure\nx\n", "column group_a is missing"),
        ("verdicts.csv", "", "not a readable table"),
        ("distances.parquet", "PAR1", "not a readable table"),
        ("spectra.parquet", None, "not a readable table"),
    ],
)
def test_bad_tables_are_named_in_one_line(tmp_path, name, content, words):
    path = tmp_path / "e" / name
    path.parent.mkdir()
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=words) as caught:
        read_tables([path])
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_every_kind_reads_tables_that_have_a_file():
    from traindyn.claims.kinds import KINDS

    of_companions = {name for name in FILES if "/" in name}
    assert {table for kind in KINDS for table in kind.tables} == set(FILES) - of_companions
    assert {"stability/predictions", "interactions/phases", "criticality/exponents"} <= of_companions


def test_the_page_shows_every_claim_and_the_rules_of_the_kinds_in_it():
    raw = claims_file(DISTANCE)
    raw["claims"]["two"] = claims_file(DISTANCE, experiment="f")["claims"]["one"]
    page = claims_page("A paper", judged(ClaimsFile.model_validate(raw), TABLES, SETTING))
    assert "2 claims: 1 holds, 0 does not hold, 0 undecided, 1 not run." in page
    assert page.count("<tr>") == 1 + 2 + 1 + 1  # two tables with their headers, one kind
    assert '<td class="good">holds' in page
    assert '<td class="none">not run' in page
    assert "nan" not in page.lower()
    assert "<td>distance</td>" in page
    assert "<td>verdict</td>" not in page


def test_nothing_in_the_files_becomes_markup():
    evil = "<script>alert('x')</script> & \"quoted\""
    page = claims_page(evil, judged(ClaimsFile.model_validate(claims_file(
        DISTANCE, statement=evil, where=evil, note=evil,
    )), TABLES, SETTING))  # fmt: skip
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;quoted&quot;") == 5
    for loaded in ("http://", "https://", "src=", "href="):
        assert loaded not in page
