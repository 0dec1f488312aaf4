"""At what scale an experiment is run, in words and as far as claims depend on it."""

from traindyn.config.schema import Config, Experiment, Plan


class Setting(Plan):
    """scale: in words; task: the task's name."""

    scale: str
    task: str


def settings(config: Config) -> dict[str, Setting]:
    """Experiment → its setting."""
    return {
        name: Setting(scale=scale(experiment), task=experiment.task.name)
        for name, experiment in config.experiments.items()
    }


def scale(experiment: Experiment) -> str:
    """As in `25 seeds × 10 replicas × 1000 steps, mnist`."""
    counts = {"seed": experiment.seeds, "replica": experiment.replicas, "step": experiment.training.steps}
    words = " × ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    return f"{words}, {experiment.task.name}"
