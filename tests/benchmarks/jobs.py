"""The trainings that are measured or recorded: the paper's, and tiny ones of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traindyn.config import TrainingJob

MNIST = {"name": "mnist", "batch_size": 60, "order": "shuffled"}
DIGITS = {"name": "digits", "batch_size": 60, "order": "shuffled"}
IMAGES = {"name": "benchmarks.images:RandomImages", "batch_size": 128, "order": "shuffled"}
SGD = {"name": "sgd", "lr": 0.1}
# As in config/paper.yaml.
LENET_SGD = {"name": "sgd", "lr": 0.01, "momentum": 0.9, "weight_decay": 0.0005}
RESNET_SGD = {"name": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.0001}
ADAMW = {"name": "adamw", "lr": 0.001, "betas": [0.9, 0.98], "weight_decay": 1.0}


@dataclass(frozen=True)
class Training:
    """A task, a network and an optimizer as a configuration says them; seeds × replicas of it, and what is recorded."""

    task: dict[str, Any]
    network: dict[str, Any]
    optimization: dict[str, Any]
    layer: str
    seeds: int
    replicas: int
    steps: int
    start: int = 1

    def job(self) -> TrainingJob:
        """The same as a job of the workflow."""
        from traindyn.config import TrainingJob

        names = dict.fromkeys(("experiment", "group", "architecture", "optimizer"), "benchmark")
        return TrainingJob.model_validate(
            {
                **names,
                "root_seed": 0,
                "seeds": list(range(self.seeds)),
                "replicas": self.replicas,
                "perturbation": 0.001,
                "task": self.task,
                "network": self.network,
                "optimization": self.optimization,
                "training": {"steps": self.steps},
                "recording": {"layers": [self.layer], "start": self.start},
            }
        )


def perceptron(width: int, task: dict[str, Any], *, seeds: int, replicas: int, steps: int) -> Training:
    """A multilayer perceptron of the width experiment."""
    network = {"name": "mlp", "hidden": [width], "activation": "relu", "bias": False}
    return Training(task, network, SGD, "output.weight", seeds, replicas, steps)


def transformer(modulus: int, width: int, *, replicas: int, steps: int) -> Training:
    """The transformer of the grokking experiment (p = 113, width 128 there)."""
    task = {"name": "modular_addition", "modulus": modulus, "train_fraction": 0.3}
    network = {"name": "transformer", "d_model": width, "heads": 4, "d_mlp": 4 * width}
    return Training(task, network, ADAMW, "mlp.W_out", 1, replicas, steps)
