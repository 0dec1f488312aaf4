"""Configuration → files and parameters of the workflow's jobs. Pure functions, called by the Snakefile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from traindyn.config import COMPANIONS, Analysis, Brought, Component, Config, Experiment, TrainingJob
from traindyn.config.registry import component_module
from traindyn.provenance import code_hash

FORMATS = ("png", "svg", "pdf")
COMPARISON_THREADS = 8  # Snakemake gives fewer where there are fewer
# Formats are found by the endings of files, not by import.
BRINGING = (
    "traindyn.bringing",
    *(f"traindyn.bringing.formats.{name}" for name in ("hdf5", "npy", "npz", "safetensors", "state_dicts", "zarr")),
)
MANY_SPECTRA = 200  # 20,000 pairs: seconds of transport


def chunk_files(config: Config, experiment: str, kind: str) -> list[str]:
    """The recordings, or the fits, of an experiment: one file per group and chunk of seeds."""
    folder = _recorded_in(config, experiment) if kind == "recordings" else experiment
    return [f"results/{folder}/{kind}/{piece}.h5" for piece in pieces(config)[experiment]]


def _recorded_in(config: Config, experiment: str) -> str:
    """The experiment that holds the recordings of this one."""
    return config.experiments[experiment].recordings_of or experiment


def targets(config: Config) -> dict[str, list[str]]:
    """Target name → its experiments: each compared one's name, and each notebook's for all that it draws.

    Companion systems have targets of their own, `companion_targets`.
    """
    found: dict[str, list[str]] = {}
    for name in config.compared():
        for target in dict.fromkeys((name, config.experiments[name].figure or name)):
            found.setdefault(target, []).append(name)
    return found


def companion_figures(config: Config, *systems: str) -> list[str]:
    """The figures that these systems draw, all of them if none is named; a figure is `<experiment>_<system>`."""
    return [
        f"{name}_{system}"
        for name, found in config.companions().items()
        for system in found
        if system in systems or not systems
    ]


def companion_targets(config: Config) -> dict[str, list[str]]:
    """Target name → its figures: each figure's name, each system's for all of its figures, and the names of
    experiments that have no other figures.
    """
    single = {figure: [figure] for figure in companion_figures(config)}
    systems = {system: companion_figures(config, system) for system in COMPANIONS}
    alone = {
        name: [f"{name}_{system}" for system in plan.companions()]
        for name, plan in config.experiments.items()
        if not plan.compared
    }
    return single | systems | alone


def companion_tables(config: Config, experiment: str, system: str) -> dict[str, str]:
    """What a system's figure is drawn from, name → file: its own tables, then those of the experiment that it reads."""
    own, read = COMPANIONS[system].tables, COMPANIONS[system].read
    return {name: f"results/{experiment}/{system}/{file}" for name, file in own.items()} | {
        name: f"results/{experiment}/{file}" for name, file in read.items()
    }


def companion_pieces(config: Config, experiment: str, system: str) -> list[str]:
    """Those trainings (as in `pieces`) that a system studies."""
    plan = config.trained(experiment)
    labels = plan.companions()[system].groups or list(plan.group_labels())
    groups = [plan.group_labels()[label] for label in labels]
    chunks = [chunk for chunk in plan.chunks() if companion_seeds(config, experiment, system, chunk)]
    return [f"{group.architecture}/{group.optimizer}/{chunk}" for group in groups for chunk in chunks]


def companion_seeds(config: Config, experiment: str, system: str, chunk: str) -> list[int]:
    """The seeds of a chunk that a system studies."""
    plan = config.trained(experiment)
    seeds = plan.companions()[system].seeds or plan.seeds
    return [seed for seed in plan.chunks()[chunk] if seed < plan.first_seed + seeds]


def companion_recording(config: Config, experiment: str, piece: str) -> str:
    """The recording of a training."""
    return f"results/{_recorded_in(config, experiment)}/recordings/{piece}.h5"


def companion_job(config: Config, experiment: str, piece: str, system: str) -> dict[str, Any]:
    """How a training that a system studies was made, which of its seeds are studied, and the system's plan."""
    architecture, optimizer, chunk = piece.split("/")
    return {
        "job": config.training_job(experiment, architecture, optimizer, chunk).model_dump(),
        "seeds": companion_seeds(config, experiment, system, chunk),
        "plan": config.experiments[experiment].companions()[system].model_dump(exclude={"groups", "seeds"}),
    }


def companion_code(config: Config, experiment: str, piece: str, system: str) -> str:
    """Hash of the code that a system's work on a training depends on: its module `study`, and the training's own."""
    architecture, optimizer, chunk = piece.split("/")
    job = config.training_job(experiment, architecture, optimizer, chunk)
    return code_hash(f"traindyn.{system}.study", *_components(job))


def sensitivity_figures(config: Config) -> list[str]:
    """The figures of the experiments whose fits are tried with other settings."""
    return [f"{name}_sensitivity" for name, plan in config.experiments.items() if plan.sensitivity is not None]


def sensitivity_targets(config: Config) -> dict[str, list[str]]:
    """Target name → its figures: each figure's name, and `sensitivity` for all of them."""
    found = sensitivity_figures(config)
    return {figure: [figure] for figure in found} | {"sensitivity": found}


def sensitivity_params(config: Config, experiment: str) -> dict[str, Any]:
    """How an experiment is fitted (group → Koopman plan), swept and compared, as plain values."""
    plan = config.experiments[experiment]
    assert plan.sensitivity is not None
    return {
        "koopman": {label: plan.koopman_of(label).model_dump() for label in plan.group_labels()},
        "sensitivity": plan.sensitivity.model_dump(),
        "comparison": plan.comparison.model_dump(),
    }


def sensitivity_code(config: Config, experiment: str) -> str:
    """Hash of the code of an experiment's sweep: its measures are found by name, not by import."""
    plan = config.experiments[experiment]
    measures = plan.sensitivity.measures_of(plan.comparison) if plan.sensitivity else []
    return code_hash("traindyn.sensitivity", *(f"traindyn.compare.measures.{name}" for name in measures))


def figures(config: Config) -> list[str]:
    """All figures: the compared experiments', those of other settings, then the companion systems'."""
    return [*config.compared(), *sensitivity_figures(config), *companion_figures(config)]


def folders(config: Config) -> list[str]:
    """The folders that a run writes into."""
    computed = [f"results/{name}" for name in config.experiments] if config.tables == "computed" else []
    return ["results", "results/figures", "results/notebooks", *computed]


def folders_of_tables(config: Config) -> list[str]:
    """Where tables, figures and pages lie."""
    experiments = [f"results/{name}" for name in config.experiments]
    companions = [f"{folder}/{system}" for folder in experiments for system in COMPANIONS]
    return [
        "results",
        *experiments,
        *companions,
        *(f"results/{name}" for name in ("figures", "notebooks", "known_answers")),
    ]


def figure_files(figures: Iterable[str]) -> list[str]:
    """What drawing these figures makes."""
    return [
        path
        for name in figures
        for path in (
            *(f"results/figures/{name}.{suffix}" for suffix in FORMATS),
            f"results/notebooks/{name}.ipynb",
            f"results/notebooks/{name}.html",
        )
    ]


def recordings(config: Config, experiment: str, architecture: str, optimizer: str, chunk: str) -> list[str]:
    """What one fit reads: its group's recording, and that of the group whose snapshots stand in for its own, if any."""
    plan = config.experiments[experiment]
    other = (plan.koopman.unlagged_from or {}).get(plan.label_of(architecture, optimizer))
    pairs = [(architecture, optimizer)]
    if other is not None:
        group = plan.group_labels()[other]
        pairs.append((group.architecture, group.optimizer))
    folder = _recorded_in(config, experiment)
    return [f"results/{folder}/recordings/{a}/{o}/{chunk}.h5" for a, o in pairs]


def koopman_plan(config: Config, experiment: str, architecture: str, optimizer: str) -> dict[str, Any]:
    """The Koopman plan of one group, as plain values."""
    plan = config.experiments[experiment]
    return plan.koopman_of(plan.label_of(architecture, optimizer)).model_dump()


def tasks(config: Config, experiment: str) -> list[Component]:
    """The tasks of an experiment's groups, each once."""
    plan = config.trained(experiment)
    found = {repr(plan.task_of(label)): plan.task_of(label) for label in plan.group_labels()}
    return list(found.values())


def tasks_code(config: Config, experiment: str) -> str:
    """Hash of the code of an experiment's tasks."""
    return code_hash(*(component_module("task", task.name) for task in tasks(config, experiment)))


def known_answers_files(config: Config) -> list[str]:
    """What drawing the pairs with a known answer makes: nothing where none are configured, or tables are only drawn."""
    return [] if config.known_answers is None or config.tables == "kept" else figure_files(["known_answers"])


def rules_apart_files(config: Config) -> list[str]:
    """The table of pairs on which default and paper's rule differ, if any are compared; kept tables are only drawn."""
    return ["results/rules_apart.csv"] if config.compared() and config.tables == "computed" else []


def known_answers_code() -> str:
    """Hash of the code that judges pairs with a known answer: their measures are found by name, not by import."""
    folder = Path(__file__).parent / "compare" / "measures"
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return code_hash("traindyn.known_answers", *(f"traindyn.compare.measures.{name}" for name in names))


def claims_files(config: Config) -> list[str]:
    """What holding the results against claims makes: nothing where the configuration names none."""
    return [] if config.claims is None else ["results/claims.csv", "results/claims.html"]


def claims_tables(config: Config, repository: Path) -> list[str]:
    """The tables that the claims are read from, of the experiments that are configured."""
    # Pandas and SciPy come with it, and the process of every job reads this file.
    from traindyn.claims import claims_of
    from traindyn.claims.tables import FILES

    claims = claims_of(config, repository)
    needed = (
        f"results/{claim.experiment}/{FILES[name]}"
        for claim in (claims.claims.values() if claims else ())
        for name in claim.quantity.read()
        if claim.experiment in config.experiments
    )
    return list(dict.fromkeys(needed))


def claims_params(config: Config, repository: Path) -> str:
    """The claims, and the settings of the experiments that they are read from, as JSON in which no "<" stands.

    Snakemake's report has the parameters of its jobs in a script of its page, which the text `</script>` would end.
    """
    from traindyn.claims import claims_of, settings

    claims = claims_of(config, repository)
    read = {claim.experiment for claim in claims.claims.values()} if claims else set()
    known = {name: setting.model_dump() for name, setting in settings(config).items() if name in read}
    plain = {"claims": claims.model_dump() if claims else {}, "settings": known}
    return json.dumps(plain).replace("<", "\\u003c")


def once(config: Config) -> list[str]:
    """The rules with one job for the whole study, of those that end before run times are collected."""
    return [
        *(["judgements", "known_answers_page"] if known_answers_files(config) else []),
        *(["rules_apart"] if rules_apart_files(config) else []),
        *(["claims"] if claims_files(config) else []),
    ]


def pieces(config: Config) -> dict[str, list[str]]:
    """Experiment → its recordings, as architecture/optimizer/chunk."""
    return {name: plan.pieces() for name, plan in config.experiments.items()}


def only(config: Config, kind: type[Analysis]) -> str:
    """A pattern of the names of all experiments of one kind; one that nothing matches where there are none."""
    return "|".join(name for name, plan in config.experiments.items() if isinstance(plan, kind)) or "(?!)"


def brought_rows(config: Config, experiment: str, architecture: str, chunk: str) -> list[dict[str, Any]]:
    """What the sheet says of one recording, as plain values."""
    return [row.model_dump() for row in _brought(config, experiment).rows(architecture, chunk)]


def brought_files(config: Config, experiment: str, architecture: str, chunk: str) -> list[str]:
    """The files that one recording is made of."""
    # It imports what reads HDF5, and the process of every job reads this file.
    from traindyn.bringing import files_of

    return [path for row in _brought(config, experiment).rows(architecture, chunk) for path in files_of(row)]


def _brought(config: Config, experiment: str) -> Brought:
    plan = config.experiments[experiment]
    if not isinstance(plan, Brought):
        raise TypeError(f"{experiment} names no recordings")
    return plan


def notebook(config: Config, experiment: str, folder: Path) -> str:
    """The notebook that draws an experiment."""
    name = config.experiments[experiment].figure or experiment
    return str(folder / f"{name}.ipynb")


def distances_code(config: Config, experiment: str) -> str:
    """Hash of the code of an experiment's distances: its measures are found by name, not by import."""
    measures = config.experiments[experiment].comparison.measures
    return code_hash("traindyn.compare", *(f"traindyn.compare.measures.{name}" for name in measures))


def comparison_threads(config: Config, experiment: str) -> int:
    """Threads for comparing an experiment's spectra: one where starting processes would cost more than it saves."""
    return COMPARISON_THREADS if spectra(config, experiment) >= MANY_SPECTRA else 1


def spectra(config: Config, experiment: str) -> int:
    """About how many spectra of an experiment are compared with each other."""
    plan = config.experiments[experiment]
    units = max(plan.most_seeds, plan.koopman.parts)
    return units * sum(_windows(plan, label) for label in plan.group_labels())


def _windows(plan: Analysis, label: str) -> int:
    """About how many windows of a group are fitted."""
    koopman = plan.koopman_of(label)
    if koopman.windows is not None:
        return len(koopman.windows)
    length = koopman.window_length
    if not isinstance(length, int):
        return 1
    if not isinstance(plan, Experiment):
        return MANY_SPECTRA  # its files know how many steps there are
    steps = plan.recorded_steps(label)
    return max(1, (steps[-1] + 1 - steps.start - length) // (koopman.window_stride or length) + 1)


def gpus(job: TrainingJob) -> int:
    """GPUs that a training asks for by itself; a profile may give it more."""
    return 1 if job.training.device == "cuda" else 0


def training_code(job: TrainingJob) -> str:
    """Hash of the code that this training depends on: the loop, and its own task, architecture and optimizer."""
    return code_hash("traindyn.training.loop", *_components(job))


def _components(job: TrainingJob) -> list[str]:
    """The modules of a training's task, architecture and optimizer."""
    return [
        component_module("task", job.task.name),
        component_module("architecture", job.network.name),
        component_module("optimizer", job.optimization.name),
    ]
