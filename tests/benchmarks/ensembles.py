"""Section *ensembles*: many networks at once against a loop over networks in PyTorch, in seconds for a step of all.

Both sides have the data in memory, start from the same weights, see the same batches and record the same weights: this
project in its recording on disk, the loop as copies in a list. One thread each, as the workflow runs its jobs; CPU
seconds, which say the same on cores that other work shares.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.case import OURS, Case, Timed
from benchmarks.context import Context, apart
from benchmarks.jobs import DIGITS, IMAGES, LENET_SGD, MNIST, RESNET_SGD, Training, perceptron, transformer
from benchmarks.singly import one_at_a_time, products_alone, step_gigaflop

LOOP = "PyTorch, one at a time"
TEXTBOOK = "PyTorch, one at a time, all positions"
PRODUCTS = "its products and convolutions alone"


def cases(context: Context) -> list[Case]:
    """Perceptrons of the width experiment, LeNet-5, ResNet-20, the transformer of the grokking experiment.

    The loop trains this project's networks. Its transformer leaves out what the loss does not ask for, so it stands
    beside one that does not.
    """
    found = []
    for name, training, networks in _tiny() if context.quick else _paper():
        gigaflop = apart(step_gigaflop, training, context.data_dir)
        loop, ours = pair(name, training, networks, context.data_dir, gigaflop)
        total = float(training.seeds * training.replicas)
        products: dict[str, Any] = {
            "prepare": products_alone,
            "arguments": {"training": training, "data_dir": context.data_dir},
            "scale": total,
            "note": f"1 of {total:.0f} networks measured, extrapolated",
        }
        found += [loop, replace(loop, method=PRODUCTS, **products), ours]
        if training.network["name"] == "transformer":
            arguments = {**loop.arguments, "textbook": True}
            found.append(replace(loop, method=TEXTBOOK, arguments=arguments, gigaflop=0))
    return found


def pair(name: str, training: Training, networks: int, data_dir: Path, gigaflop: float, **on_axis: Any) -> list[Case]:
    """The loop over the first `networks` replicas, extrapolated to all, and the whole ensemble."""
    total = training.seeds * training.replicas
    arguments = {"training": training, "data_dir": data_dir, "networks": networks}
    shared: dict[str, Any] = {
        "reference": LOOP,
        "difference": difference,
        "gigaflop": total * gigaflop,
        "single": True,
        **on_axis,
    }
    note = f"{networks} of {total} networks measured, extrapolated" if networks < total else ""
    return [
        Case(name, LOOP, one_at_a_time, arguments, scale=total / networks, note=note, **shared),
        Case(name, OURS, ensemble, arguments, **shared),
    ]


def ensemble(
    training: Training,
    data_dir: Path,
    networks: int,
    alone_bytes: int | None = None,
    device: str = "cpu",
    clock: Callable[[], float] = time.process_time,
) -> Callable[[], Timed]:
    """A step of the whole ensemble, timed by the training's own progress calls: start-up and loading do not count.

    networks: replicas of the first seed whose last weights are the result; alone_bytes: size beyond which a network is
    computed alone, in place of this project's own; clock: read when the device has done all that was asked of it.
    """
    import torch

    from traindyn.config import build_component
    from traindyn.recording import open_recording
    from traindyn.training import blocks, train

    if alone_bytes is not None:
        blocks.ALONE_BYTES = alone_bytes
    job = training.job()
    job = job.model_copy(update={"training": job.training.model_copy(update={"device": device})})
    counted = (1, job.training.steps)  # the first step is the slowest: memory is mapped
    if training.task["name"] == "mnist":
        build_component("task", job.task).prepare(data_dir)

    def run() -> Timed:
        ticks: dict[int, float] = {}

        def progress(step: int, total: int, before: int) -> None:
            if step in counted:
                if device == "cuda":
                    torch.cuda.synchronize()
                ticks[step] = clock()

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ensemble.h5"
            train(job, data_dir, path, progress)
            with open_recording(path) as recording:
                stored = recording.select(0, slice(networks), slice(-1, None))[:, :, :]
        first, last = counted
        return Timed((ticks[last] - ticks[first]) / (last - first), stored[:, 0])

    return run


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of the recorded weights after the last step, relative to the largest weight."""
    return float(np.abs(values - reference).max() / np.abs(reference).max())


def _paper() -> list[tuple[str, Training, int]]:
    """Name, training, and how many of its networks the loop trains."""
    found = []
    for width in (5, 10, 40):
        training = perceptron(width, MNIST, seeds=25, replicas=10, steps=100)
        found.append((f"perceptron of width {width}, 25 × 10 networks", training, 10))
    lenet = Training(MNIST | {"batch_size": 128}, {"name": "lenet"}, LENET_SGD, "*", 4, 3, 20, start=20)
    resnet = Training(IMAGES, {"name": "resnet20"}, RESNET_SGD, "*", 1, 3, 4, start=4)
    grokking = replace(transformer(113, 128, replicas=10, steps=8), start=8)
    return [
        *found,
        ("LeNet-5, 4 × 3 networks", lenet, 3),
        ("ResNet-20, 3 networks", resnet, 1),
        ("transformer, 10 networks", grokking, 2),
    ]


def _tiny() -> list[tuple[str, Training, int]]:
    training = perceptron(5, DIGITS, seeds=2, replicas=3, steps=5)
    return [
        ("perceptron of width 5, 2 × 3 networks", training, 2),
        ("transformer, 3 networks", transformer(7, 16, replicas=3, steps=5), 2),
    ]
