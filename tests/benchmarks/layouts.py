"""Networks of an ensemble computed together, and one after the other, by the size of a network.

What lies behind `traindyn.training.blocks.ALONE_BYTES`.
"""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.context import Context, apart
from benchmarks.ensembles import difference, ensemble
from benchmarks.jobs import DIGITS, MNIST, Training, perceptron

TOGETHER, ALONE = "together", "one after the other"
WIDTHS = (10, 40, 160, 320, 640, 1280, 2560)
NETWORKS = 10


def cases(context: Context) -> list[Case]:
    """Perceptrons of growing width, each way."""
    found = []
    for width in (10,) if context.quick else WIDTHS:
        task = DIGITS if context.quick else MNIST
        training = perceptron(width, task, seeds=1, replicas=NETWORKS, steps=4 if context.quick else 20)
        mib = apart(network_mib, training)
        for method, limit in ((TOGETHER, 1 << 60), (ALONE, 0)):
            arguments = {"training": training, "data_dir": context.data_dir, "networks": 1, "alone_bytes": limit}
            found.append(
                Case(
                    f"{NETWORKS} perceptrons of width {width}",
                    method,
                    ensemble,
                    arguments,
                    reference=ALONE,
                    difference=difference,
                    axis="step of 10 networks: MiB of each",
                    value=round(mib, 2),
                )
            )
    return found


def network_mib(training: Training) -> float:
    """What `traindyn.training.blocks` decides by, in MiB."""
    import torch

    from traindyn.config import build_component
    from traindyn.training.blocks import network_bytes
    from traindyn.training.initialisation import skeleton

    job = training.job()
    task, architecture = build_component("task", job.task), build_component("architecture", job.network)
    with torch.device("meta"):
        inputs, targets = torch.empty(task.batch_size, *task.input_shape), torch.empty(task.batch_size).long()
    return network_bytes(skeleton(architecture, task), task, inputs, targets) / 2**20
