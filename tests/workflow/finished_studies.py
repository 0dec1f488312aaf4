"""Finished studies that several files of tests look at: each is run once, by whichever worker asks first.

Tests that change something take a copy (`Study.at`).
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from small_study import Study


def small(factory: pytest.TempPathFactory) -> Study:
    """Everything of small.yaml, and a companion system, on two cores."""

    def run(folder: Path) -> None:
        study = Study(folder, "small.yaml")
        study.configure(with_a_companion)
        (folder / "said.txt").write_text(study.run().stderr, encoding="utf-8")

    return _once(factory, "small", run)


def default_optimizers(factory: pytest.TempPathFactory) -> Study:
    """Claims and kept tables of the experiment `optimizers` as in the default configuration."""

    def run(folder: Path) -> None:
        study = Study(folder, "small.yaml")
        study.configure_default("optimizers", data_dir="/secret")
        study.run("restore_point", "results/claims.html")

    return _once(factory, "optimizers", run)


def with_a_companion(raw: dict) -> None:
    plan = {"exponents": 3, "report_every": 20, "groups": ["width 3"], "seeds": 2}
    raw["experiments"]["width"]["stability"] = plan


def _once(factory: pytest.TempPathFactory, name: str, run: Callable[[Path], None]) -> Study:
    base = factory.getbasetemp()
    # Each worker of pytest-xdist has a folder of its own in the folder of all.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished"
    with FileLock(f"{shared}-{name}.lock"):
        done = shared / f"{name}.done"
        if not done.exists():
            run(shared / name)
            done.touch()
    return Study.opened(shared / name)
