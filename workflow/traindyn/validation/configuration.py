"""Checks of a whole configuration. The schema (traindyn.config) has already checked every value on its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traindyn.claims import claims_of
from traindyn.compare.measures import measure
from traindyn.config import Analysis, Brought, Component, Config, Experiment, load_config
from traindyn.config.registry import Kind, component_module
from traindyn.errors import InputError, under
from traindyn.memory import Memory
from traindyn.provenance import code_hash, versions
from traindyn.validation.fits import check_fit

if TYPE_CHECKING:
    from traindyn.validation.components import Networks


def validate(
    raw: Mapping[str, Any], notebooks: Path, source: str = "configuration", memory: Memory | None = None
) -> Config:
    """The checked configuration.

    Args:
        raw: what the file says.
        notebooks: the folder of that name in the repository.
        source: what the errors call the configuration.
        memory: of earlier checks. An experiment that this code has checked needs no torch to be checked again.

    Raises:
        InputError: one line naming the first wrong key, its value and what is allowed.
    """
    config = load_config(raw, source)
    memory = memory or Memory()
    networks: Networks = {}
    for name, experiment in config.experiments.items():
        with under(f"{source}: experiments.{name}"):
            _check_notebooks(experiment, experiment.figure or name, notebooks)
            _check_measures(experiment)
            if isinstance(experiment, Experiment):
                _check_components(experiment, networks, memory)
            else:
                _check_brought(experiment)
    claims_of(config, notebooks.parent)
    return config


def _check_notebooks(experiment: Analysis, figure: str, notebooks: Path) -> None:
    if experiment.compared:
        _check_notebook(figure, notebooks)
    for system in experiment.companions():
        with under(system):
            _check_notebook(system, notebooks)


def _check_notebook(figure: str, notebooks: Path) -> None:
    if not (notebooks / f"{figure}.ipynb").is_file():
        known = ", ".join(sorted(path.stem for path in notebooks.glob("*.ipynb")))
        raise InputError(f"figure: there is no notebook {figure!r}; known: {known}")


def _check_measures(experiment: Analysis) -> None:
    for each in experiment.comparison.measures:
        measure(each)
    if experiment.sensitivity is not None:
        with under("sensitivity"):
            for each in experiment.sensitivity.measures_of(experiment.comparison):
                measure(each)


def _check_components(experiment: Experiment, networks: Networks, memory: Memory) -> None:
    def check() -> bool:
        from traindyn.validation.components import check_components

        check_components(experiment, networks)
        return True

    used = _components(experiment)
    if any(":" in component.name for _, component in used):
        check()  # what a class of the user's hangs on is not ours to know
    else:
        memory.recall(_key(experiment, used), check)


def _components(experiment: Experiment) -> list[tuple[Kind, Component]]:
    tasks = [experiment.task, *(group.task for group in experiment.group_labels().values() if group.task)]
    return [
        *(("task", task) for task in tasks),
        *(("architecture", architecture) for architecture in experiment.architectures.values()),
        *(("optimizer", optimizer) for optimizer in experiment.optimizers.values()),
    ]


def _key(experiment: Experiment, components: list[tuple[Kind, Component]]) -> str:
    """What the answer hangs on: the experiment, the code that looks at it, the libraries."""
    code = code_hash(
        "traindyn.validation.components",
        *sorted({component_module(kind, component.name) for kind, component in components}),
        *(f"traindyn.{system}.check" for system in experiment.companions()),
    )
    text = json.dumps([experiment.model_dump_json(), code, versions()])
    return f"components {hashlib.sha256(text.encode()).hexdigest()}"


def _check_brought(experiment: Brought) -> None:
    from traindyn.bringing.check import headers

    for (label, seed), (steps, replicas, weights) in headers(experiment).items():
        check_fit(experiment, label, steps, replicas, weights, f"{label}, seed {seed}")
