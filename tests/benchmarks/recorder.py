"""Section *recorder*: what recording all weights at every step adds to a step of ResNet-20 in a user's own loop.

The same loop in all cases: random images, SGD with momentum, in memory. The recorder writes into the folder of results,
as a user's training would, and its time includes that of making the recording in the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.case import OURS, Case, Timed
from benchmarks.context import Context

if TYPE_CHECKING:
    import torch

ALONE = "the step alone"
PART = "the recorder's part of it"
# Images in a batch → steps of a run.
BATCHES = {128: 24, 32: 60, 8: 200}


def cases(context: Context) -> list[Case]:
    """The step alone, the step with the recorder, and of that the recorder's part, by size of the batch."""
    found = []
    for batch, steps in ({4: 3} if context.quick else BATCHES).items():
        problem = f"ResNet-20, all 269,722 weights at every step, batches of {batch}"
        arguments = {"batch": batch, "steps": steps, "folder": context.folder}
        shared: dict[str, Any] = {"threads": context.threads, "reference": ALONE, "difference": difference}
        found += [
            Case(problem, ALONE, alone, arguments, **shared),
            Case(problem, OURS, recorded, arguments, **shared, note="its recorder.step and close included"),
            Case(problem, PART, part, arguments, threads=context.threads, note="recorder.step and close alone"),
        ]
    return found


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference of a weight after the last step: recording changes nothing."""
    return float(np.abs(values - reference).max())


def alone(batch: int, steps: int, folder: Path) -> Callable[[], Timed]:
    """Seconds for a step, and the weights in the end."""
    loop = _Loop(batch)

    def run() -> Timed:
        start = time.perf_counter()
        model = loop.train(steps, lambda loss: None)
        return Timed((time.perf_counter() - start) / steps, _weights(model))

    return run


def recorded(batch: int, steps: int, folder: Path) -> Callable[[], Timed]:
    """Seconds for a recorded step, and the weights in the end, from the recording."""
    run = _recorded(batch, steps, folder)

    def whole() -> Timed:
        seconds, _, weights = run()
        return Timed(seconds, weights)

    return whole


def part(batch: int, steps: int, folder: Path) -> Callable[[], Timed]:
    """Seconds of the recorder for a step."""
    run = _recorded(batch, steps, folder)
    return lambda: Timed(run()[1], None)


def _recorded(batch: int, steps: int, folder: Path) -> Callable[[], tuple[float, float, np.ndarray]]:
    """Seconds for a step, seconds of the recorder in it, last weights."""
    from traindyn import Recorder
    from traindyn.recording import open_recording

    loop = _Loop(batch)

    def run() -> tuple[float, float, np.ndarray]:
        with TemporaryDirectory(dir=folder) as place:
            path, model, inside = Path(place) / "run.h5", loop.network(), 0.0
            recorder = Recorder(path, model)

            def step(loss: torch.Tensor | None) -> None:
                nonlocal inside
                start = time.perf_counter()
                recorder.step(loss=loss)
                inside += time.perf_counter() - start

            begin = time.perf_counter()
            loop.train(steps, step, model)
            end = time.perf_counter()
            recorder.step()  # the last weights, to compare; not counted
            start = time.perf_counter()
            recorder.close()
            closing = time.perf_counter() - start
            with open_recording(path) as recording:
                last = recording.select(0, steps=slice(steps, None))[:, :, :][0, 0]
        return (end - begin + closing) / steps, (inside + closing) / steps, last

    return run


class _Loop:
    """A training of ResNet-20 on random images, always the same."""

    def __init__(self, batch: int) -> None:
        import torch

        generator = torch.Generator().manual_seed(0)
        self.inputs = torch.randn(4, batch, 3, 32, 32, generator=generator)
        self.targets = torch.randint(10, (4, batch), generator=generator)
        self.train(2, lambda loss: None)

    def network(self) -> torch.nn.Module:
        """As the architecture of this project builds it."""
        import torch

        from traindyn.architectures.resnet20 import ResNet20

        torch.manual_seed(0)
        return ResNet20().build((3, 32, 32), 10)

    def train(
        self, steps: int, see: Callable[[torch.Tensor], None], model: torch.nn.Module | None = None
    ) -> torch.nn.Module:
        """Train and call `see` with every loss, before the optimizer's step."""
        import torch

        model = self.network() if model is None else model
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
        for step in range(steps):
            loss = torch.nn.functional.cross_entropy(model(self.inputs[step % 4]), self.targets[step % 4])
            see(loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return model


def _weights(model: torch.nn.Module) -> np.ndarray:
    import torch

    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).numpy()
