"""At what scale an experiment is run, in words and as far as claims depend on it."""

from traindyn.config.analysis import Analysis
from traindyn.config.plans import Component, Plan
from traindyn.config.schema import Config, Experiment


class Setting(Plan):
    """scale: in words; tasks: of the experiment's groups, each once."""

    scale: str
    tasks: list[Component]

    @property
    def task(self) -> str:
        """The tasks' names."""
        return " + ".join(dict.fromkeys(task.name for task in self.tasks)) or "unknown (recorded elsewhere)"


def settings(config: Config) -> dict[str, Setting]:
    """Experiment → its setting."""
    return {
        name: Setting(scale=scale(experiment), tasks=_tasks(experiment))
        for name, experiment in config.experiments.items()
    }


def scale(experiment: Analysis) -> str:
    """As in `25 seeds × 10 replicas × 1000 steps, mnist`; of recordings that were brought, as in `8 recordings`."""
    if not isinstance(experiment, Experiment):
        return _counted(len(experiment.pieces()), "recording")
    steps = dict.fromkeys(experiment.training_of(label).steps for label in experiment.group_labels())
    counts = (_counted(experiment.seeds, "seed"), _counted(experiment.replicas, "replica"))
    names = dict.fromkeys(task.name for task in _tasks(experiment))
    return f"{' × '.join(counts)} × {' or '.join(map(str, steps))} steps, {' + '.join(names)}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _tasks(experiment: Analysis) -> list[Component]:
    if not isinstance(experiment, Experiment):
        return []
    found = [experiment.task_of(label) for label in experiment.group_labels()]
    return [task for place, task in enumerate(found) if task not in found[:place]]
