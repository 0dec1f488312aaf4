"""Section *gpu*: ensembles on one GPU, beside a loop over networks on it and the CPU, in seconds for a step of all.

Wall time, since the GPU works while the host goes on; both sides wait for it at the first and the last step that count.
The section has no rows where torch finds no GPU.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.case import OURS, Case, Timed
from benchmarks.context import Context, apart
from benchmarks.ensembles import LOOP, difference
from benchmarks.jobs import DIGITS, IMAGES, LENET_SGD, MNIST, RESNET_SGD, Training, perceptron, transformer
from benchmarks.machine import gpu_name
from benchmarks.singly import one_at_a_time, step_gigaflop

CPU, COMPILED, UNRECORDED = "traindyn, CPU", "traindyn, torch.compile", "traindyn, only the last step recorded"
CPU_STEPS = 5  # of networks that take a CPU seconds for one


def cases(context: Context) -> list[Case]:
    """Perceptrons of the width experiment, LeNet-5, ResNet-20, the transformer, each way."""
    if not apart(gpu_name):
        return []
    found = []
    for name, training, networks in _tiny() if context.quick else _paper():
        small = training.network["name"] == "mlp"
        total = training.seeds * training.replicas
        arguments = {"training": training, "data_dir": context.data_dir}
        shared: dict[str, Any] = {
            "threads": context.threads,
            "gpu": True,
            "single": True,
            "gigaflop": total * apart(step_gigaflop, training, context.data_dir),
        }
        alone = arguments | {"networks": networks, "device": "cuda"}
        note = f"{networks} of {total} networks measured, extrapolated" if networks < total else ""
        last = replace(training, start=training.steps)
        few = training if small else replace(training, steps=CPU_STEPS)
        same: dict[str, Any] = {"reference": OURS, "difference": difference}
        found += [
            Case(name, LOOP, one_at_a_time, alone, scale=total / networks, note=note, **shared),
            Case(name, OURS, ensemble, arguments | {"device": "cuda"}, **shared),
            Case(name, UNRECORDED, ensemble, arguments | {"device": "cuda", "training": last}, **shared),
            Case(name, COMPILED, compiled, arguments, may_fail=True, **same, **shared),
            Case(name, CPU, ensemble, arguments | {"device": "cpu", "training": few}, **shared | {"gpu": False}),
        ]
    return found


def ensemble(training: Training, data_dir: Path, device: str) -> Callable[[], Timed]:
    """A step of the whole ensemble, recording included, without start-up, loading and the closing of the recording."""
    import torch

    from traindyn.config import build_component
    from traindyn.recording import open_recording
    from traindyn.training import train

    job = training.job()
    job = job.model_copy(update={"training": job.training.model_copy(update={"device": device})})
    build_component("task", job.task).prepare(data_dir)
    counted = (1, job.training.steps)

    def run() -> Timed:
        ticks: dict[int, float] = {}

        def progress(step: int, total: int, before: int) -> None:
            if step in counted:
                if device == "cuda":
                    torch.cuda.synchronize()
                ticks[step] = time.perf_counter()

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ensemble.h5"
            train(job, data_dir, path, progress)
            with open_recording(path) as recording:
                last = recording.select(0, steps=slice(-1, None))[:, :, :][:, 0]
        first, stop = counted
        return Timed((ticks[stop] - ticks[first]) / (stop - first), last)

    return run


def compiled(training: Training, data_dir: Path) -> Callable[[], Timed]:
    """The same with the ensemble's losses compiled; a first training compiles, and does not count."""
    import torch

    from traindyn.training import steps

    plain = steps.ensemble_losses

    def losses(*arguments: Any, **options: Any) -> Any:
        return torch.compile(plain(*arguments, **options))

    steps.ensemble_losses = losses
    run = ensemble(training, data_dir, "cuda")
    run()
    return run


def _paper() -> list[tuple[str, Training, int]]:
    """Name, training, and how many of its networks the loop trains."""
    found = []
    for width in (5, 40):
        training = perceptron(width, MNIST, seeds=25, replicas=10, steps=200)
        found.append((f"perceptron of width {width}, 25 × 10 networks", training, 4))
    lenet = Training(MNIST | {"batch_size": 128}, {"name": "lenet"}, LENET_SGD, "*", 10, 10, 40)
    resnet = Training(IMAGES, {"name": "resnet20"}, RESNET_SGD, "*", 4, 3, 30)
    grokking = transformer(113, 128, replicas=10, steps=40)
    return [
        *found,
        ("LeNet-5, 10 × 10 networks", lenet, 2),
        ("ResNet-20, 4 × 3 networks", resnet, 2),
        ("transformer, 10 networks", grokking, 2),
    ]


def _tiny() -> list[tuple[str, Training, int]]:
    return [("perceptron of width 5, 2 × 3 networks", perceptron(5, DIGITS, seeds=2, replicas=3, steps=5), 2)]
