"""An architecture, an optimizer and a task from outside the package: exactly what workflow/README.md shows."""

import re

import pandas as pd
import pytest
from small_study import ROOT, Study

LINES = re.compile(r"```(?:python|yaml)\n# (\S+)\n(.*?)```", re.DOTALL)
GROUPS = {"residual/signsgd", "residual/sgd", "mlp/signsgd", "mlp/sgd"}


def documented() -> dict[str, str]:
    """File name → content of every example in the page."""
    return dict(LINES.findall((ROOT / "workflow" / "README.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A finished run of the documented example, with its package in the study's folder."""
    made = Study(tmp_path_factory.mktemp("outside") / "study", "small.yaml")
    files = documented()
    assert set(files) == {"mypackage/residual.py", "mypackage/signsgd.py", "mypackage/spirals.py", "study.yaml"}
    (made.folder / "mypackage").mkdir()
    for name, content in files.items():
        (made.folder / name).write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", ".")  # as the page says; jobs run in the study's folder
        made.run("outside")
        yield made


def test_all_three_reach_spectra_verdicts_and_the_figure(outside):
    results = outside.folder / "results"
    spectra = pd.read_parquet(results / "outside" / "spectra.parquet")
    assert set(spectra.group) == GROUPS
    assert len(spectra) == 4 * 4 * 5
    verdicts = pd.read_csv(results / "outside" / "verdicts.csv")
    assert len(verdicts) == 4 * 6
    assert not (verdicts.verdict == "diverged").any()
    assert pd.read_csv(results / "outside" / "diverged.csv").empty
    curves = pd.read_parquet(results / "outside" / "learning_curves.parquet")
    ends = curves[curves.step == 40].groupby("group").train_loss.mean()
    starts = curves[curves.step == 1].groupby("group").train_loss.mean()
    assert (ends < starts).all()
    assert (results / "figures" / "outside.png").stat().st_size > 10_000


def test_an_edit_of_the_outside_optimizer_trains_its_groups_again_and_no_others(outside):
    outside.edit("mypackage/signsgd.py", "weight.sub_(group", "weight.sub_(1.0 * group")
    # That of a docstring counts for nothing.
    outside.edit("mypackage/residual.py", '"""', '"""Here: ')
    planned = outside.run("outside", "--dry-run").stdout
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE))
    assert {name: jobs.get(name, "0") for name in ("data", "train", "fit", "figure")} == {
        "data": "0", "train": "2", "fit": "2", "figure": "1",
    }  # fmt: skip
    trained = set(re.findall(r"training outside: (\w+) with (\w+)", planned))
    assert trained == {("residual", "signsgd"), ("mlp", "signsgd")}
    outside.edit("mypackage/signsgd.py", "weight.sub_(1.0 * group", "weight.sub_(group")


def test_edits_of_the_outside_architecture_and_task_reach_what_uses_them(outside):
    outside.edit("mypackage/residual.py", "self.block(hidden).relu()", "self.block(hidden).tanh()")
    jobs = outside.would_run("outside")
    assert (jobs["train"], jobs.get("data", 0)) == (2, 0)
    outside.edit("mypackage/residual.py", "self.block(hidden).tanh()", "self.block(hidden).relu()")
    outside.edit("mypackage/spirals.py", "default_rng(0)", "default_rng(1)")
    jobs = outside.would_run("outside")
    assert (jobs["train"], jobs["data"]) == (4, 1)
    outside.edit("mypackage/spirals.py", "default_rng(1)", "default_rng(0)")
    assert outside.would_run("outside") == {}


def only_error(study: Study) -> str:
    """The one line with which a run must end."""
    done = study.run("outside", check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("traindyn: ")]
    return line


def test_a_wrong_option_of_an_outside_class_and_a_broken_file_end_with_one_line(outside):
    outside.configure(lambda raw: raw["experiments"]["outside"]["optimizers"]["signsgd"].update(lr=-1.0))
    assert "optimizers.signsgd: lr = -1.0: Input should be greater than 0" in only_error(outside)
    outside.edit("mypackage/signsgd.py", "class SignSGD", "clas SignSGD")
    assert "'mypackage.signsgd:SignSGD' cannot be imported: SyntaxError" in only_error(outside)
