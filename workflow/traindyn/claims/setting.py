"""At what scale an experiment is run, in words and as far as claims depend on it."""

from traindyn.config.plans import Plan
from traindyn.config.schema import Config, Experiment


class Setting(Plan):
    """scale: in words; task: the task's name, or the groups' names joined by " + " where they differ."""

    scale: str
    task: str


def settings(config: Config) -> dict[str, Setting]:
    """Experiment → its setting."""
    return {
        name: Setting(scale=scale(experiment), task=_tasks(experiment))
        for name, experiment in config.experiments.items()
    }


def scale(experiment: Experiment) -> str:
    """As in `25 seeds × 10 replicas × 1000 steps, mnist`."""
    steps = dict.fromkeys(experiment.training_of(label).steps for label in experiment.group_labels())
    counts = (_counted(experiment.seeds, "seed"), _counted(experiment.replicas, "replica"))
    return f"{' × '.join(counts)} × {' or '.join(map(str, steps))} steps, {_tasks(experiment)}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _tasks(experiment: Experiment) -> str:
    return " + ".join(dict.fromkeys(experiment.task_of(label).name for label in experiment.group_labels()))
