"""The study that the Snakefile runs, from its configuration."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traindyn import dag, digests, provenance, restore_point, run_lock, size
from traindyn.config import Config, load_config
from traindyn.errors import InputError
from traindyn.memory import Memory


def share_package(folder: str) -> None:
    """Jobs import the package in this folder, whatever environment they run in: they inherit PYTHONPATH."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))


def open_study(raw: Mapping[str, Any], notebooks: Path, *, main: bool) -> Config:
    """The checked configuration; where it is wrong, one line, and the process ends with status 1.

    main: this is Snakemake's main process. It checks everything, which needs torch unless it was checked here before;
    the jobs' own processes repeat the cheap part.
    """
    memory = Memory(run_lock.FOLDER / "traindyn.memory")
    provenance.remember(memory)
    try:
        return _checked(raw, notebooks, memory) if main else load_config(raw)
    except InputError as error:
        print(f"traindyn: {error}", file=sys.stderr)
        sys.exit(1)


def _checked(raw: Mapping[str, Any], notebooks: Path, memory: Memory) -> Config:
    from traindyn.validation import validate

    study = validate(raw, notebooks, memory=memory)
    atexit.register(memory.keep)  # with what Snakemake asks for until then
    run_lock.clear_dead()
    # Recordings and fits are compared by the jobs that read them.
    digests.check_folders(dag.folders_of_tables(study))
    if study.tables == "kept":
        restore_point.check(Path(), study.compared(), study.further_tables())
    for line in size.advice(study):
        print(f"traindyn: {line}", file=sys.stderr)
    return study
