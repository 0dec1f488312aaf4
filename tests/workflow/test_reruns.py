"""Reruns follow the code and the configuration, and nothing else."""

import pytest


@pytest.fixture(scope="module")
def finished(small, tmp_path_factory):
    return small.at(tmp_path_factory.mktemp("reruns") / "study")


def test_a_comment_reruns_nothing(finished):
    finished.edit("workflow/traindyn/koopman/dmd.py", "import numpy", "# a comment\nimport numpy")
    finished.edit("workflow/traindyn/training/loop.py", '"""One training job', '"""A training job')
    assert finished.would_run("figures") == {}


def test_logic_in_koopman_reruns_fits_and_what_follows_but_no_training(finished):
    finished.edit("workflow/traindyn/koopman/dmd.py", "import numpy as np\n", "import numpy as np\n\n_EDITED = 1\n")
    jobs = finished.would_run("figures")
    assert {"fit", "spectra", "distances", "verdicts", "figure"} <= set(jobs)
    assert not {"train", "data", "summary"} & set(jobs)
    assert jobs["fit"] == 6
    finished.edit("workflow/traindyn/koopman/dmd.py", "\n\n_EDITED = 1\n", "\n")


def test_logic_of_one_optimizer_reruns_its_trainings_only(finished):
    finished.edit("workflow/traindyn/optimizers/sgd.py", "momentum: float = Field(0.0", "momentum: float = Field(0.1")
    jobs = finished.would_run("figures")
    assert jobs["train"] == 4
    assert jobs["figure"] == 1
    finished.edit("workflow/traindyn/optimizers/sgd.py", "momentum: float = Field(0.1", "momentum: float = Field(0.0")
    assert finished.would_run("figures") == {}


def test_configuration_of_one_experiment_reruns_that_one_only(finished):
    finished.configure(lambda raw: raw["experiments"]["width"]["koopman"].update(modes=5))
    jobs = finished.would_run("figures")
    assert jobs["fit"] == 4
    assert jobs["figure"] == 1
    assert "train" not in jobs
    finished.configure(lambda raw: raw["experiments"]["width"]["koopman"].update(modes=6))
    assert finished.would_run("figures") == {}
    finished.configure(lambda raw: raw["experiments"]["optimizers"]["comparison"].update(alpha=0.1))
    assert {"verdicts": 1, "figure": 1}.items() <= finished.would_run("figures").items()
    assert not {"train", "fit", "distances"} & set(finished.would_run("figures"))


def test_a_notebook_redraws_its_figure_only(finished):
    finished.configure(lambda raw: raw["experiments"]["optimizers"]["comparison"].pop("alpha", None))
    (finished.folder / "notebooks" / "width.ipynb").touch()
    assert finished.would_run("figures").keys() <= {"figure", "figures"}
