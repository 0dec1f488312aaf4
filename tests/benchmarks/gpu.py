"""Section *gpu*: ensembles on one GPU, beside a loop over networks on it and the CPU, in seconds for a step of all.

Wall time, since the GPU works while the host goes on; both sides wait for it at the first and the last step that count.
The section has no rows where torch finds no GPU.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.case import OURS, Case, Timed
from benchmarks.context import Context, apart
from benchmarks.ensembles import LOOP, difference, ensemble
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
        every = {"training": training, "data_dir": context.data_dir, "networks": training.replicas}
        passing = {"device": "cuda", "clock": time.perf_counter}
        shared: dict[str, Any] = {
            "threads": context.threads,
            "gpu": True,
            "single": True,
            "gigaflop": total * apart(step_gigaflop, training, context.data_dir),
        }
        alone = every | {"networks": networks, "device": "cuda"}
        note = f"{networks} of {total} networks measured, extrapolated" if networks < total else ""
        last = replace(training, start=training.steps)
        few = training if small else replace(training, steps=CPU_STEPS)
        same: dict[str, Any] = {"reference": OURS, "difference": difference}
        found += [
            Case(name, LOOP, one_at_a_time, alone, scale=total / networks, note=note, **shared),
            Case(name, OURS, ensemble, every | passing, **shared),
            Case(name, UNRECORDED, ensemble, every | passing | {"training": last}, **shared),
            Case(name, COMPILED, compiled, every, may_fail=True, **same, **shared),
            Case(name, CPU, ensemble, every | passing | {"device": "cpu", "training": few}, **shared | {"gpu": False}),
        ]
    return found


def compiled(training: Training, data_dir: Path, networks: int) -> Callable[[], Timed]:
    """An ensemble's step on the GPU with its losses compiled; a first training compiles, and does not count."""
    import torch

    from traindyn.training import steps

    plain = steps.ensemble_losses

    def losses(*arguments: Any, **options: Any) -> Any:
        return torch.compile(plain(*arguments, **options))

    steps.ensemble_losses = losses
    run = ensemble(training, data_dir, networks, device="cuda", clock=time.perf_counter)
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
