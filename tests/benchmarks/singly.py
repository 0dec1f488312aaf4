"""One network after the other, as PyTorch's tutorials train it; and the arithmetic of one step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.case import Timed
from benchmarks.jobs import Training
from benchmarks.textbook import all_positions

if TYPE_CHECKING:
    import torch


def one_at_a_time(
    training: Training, data_dir: Path, networks: int, device: str = "cpu", textbook: bool = False
) -> Callable[[], Timed]:
    """CPU seconds for a step of the first `networks` replicas of seed 0, and their recorded weights at the end.

    On a GPU the seconds that pass, and as on the CPU, records stay where they are. textbook: a transformer that does
    not know of this project's short cuts.
    """
    import numpy as np
    import torch

    torch.set_num_threads(1)
    built = _Built(training, data_dir, device)
    clock = time.process_time if device == "cpu" else time.perf_counter
    wait = (lambda: None) if device == "cpu" else torch.cuda.synchronize

    def run() -> Timed:
        seconds, final = 0.0, []
        for replica in range(networks):
            network, optimizer = built.network(replica)
            logits = partial(all_positions, network) if textbook else network
            recorded: list[Any] = []
            wait()
            start = clock()
            for step, (inputs, targets) in enumerate(built.batches()):
                optimizer.zero_grad()
                loss = built.task.loss(logits(inputs), targets)
                loss.backward()
                optimizer.step()
                if step + 1 >= training.start:
                    recorded.append((built.chosen(network), loss.detach()))
            wait()
            seconds += clock() - start
            final.append(recorded[-1][0].cpu().numpy())
        return Timed(seconds / training.steps, np.stack(final))

    return run


def step_gigaflop(training: Training, data_dir: Path) -> float:
    """Multiplications and additions of matrix products and convolutions in one network's forward and backward pass."""
    from torch.utils.flop_counter import FlopCounterMode

    built = _Built(training, data_dir)
    network, _ = built.network(0)
    inputs, targets = next(built.batches())
    with FlopCounterMode(display=False) as counter:
        built.task.loss(network(inputs), targets).backward()
    return counter.get_total_flops() / 1e9


def products_alone(training: Training, data_dir: Path) -> Callable[[], Timed]:
    """CPU seconds of the matrix products and convolutions of one network's step, on the operands that they have there.

    What `step_gigaflop` counts, and nothing else of the step: no arithmetic of the same kind on arrays of these shapes
    can be had faster from PyTorch's own kernels, one network after the other.
    """
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    torch.set_num_threads(1)
    calls: list[tuple[Any, Any, Any]] = []

    class Listening(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func.overloadpacket in flop_registry:
                calls.append((func, args, kwargs or {}))
            return func(*args, **(kwargs or {}))

    built = _Built(training, data_dir)
    network, _ = built.network(0)
    inputs, targets = next(built.batches())
    with Listening():
        built.task.loss(network(inputs), targets).backward()

    @torch.no_grad()
    def run() -> Timed:
        start = time.process_time()
        for _ in range(training.steps):
            for func, args, kwargs in calls:
                func(*args, **kwargs)
        return Timed((time.process_time() - start) / training.steps, None)

    return run


class _Built:
    """The parts of a training, made by the classes that this project's own loop uses."""

    def __init__(self, training: Training, data_dir: Path, device: str = "cpu") -> None:
        import torch

        from traindyn.config import build_component
        from traindyn.training.batches import on_device

        self.job = job = training.job()
        self.task = build_component("task", job.task)
        self.task.prepare(data_dir)
        self.architecture = build_component("architecture", job.network)
        self.data = on_device(self.task.load(data_dir), torch.device(device))
        self.layer = training.layer
        self.device = device

    def network(self, replica: int) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
        """The network as this project starts that replica of seed 0, in float32."""
        import torch

        from traindyn.config import build_component
        from traindyn.training.initialisation import initial_weights

        plan = {"root_seed": 0, "seeds": [0], "replicas": self.job.replicas, "perturbation": self.job.perturbation}
        start = initial_weights(self.architecture, self.task, **plan, dtype=torch.float32)
        network = self.architecture.build(self.task.input_shape, self.task.output_size)
        network.load_state_dict({name: weights[0, replica] for name, weights in start.items()}, strict=False)
        network.to(self.device)
        return network, build_component("optimizer", self.job.optimization).build(network.parameters())

    def batches(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches of seed 0, gathered step by step from the data in memory."""
        import torch

        from traindyn.streams import stream

        inputs, targets = self.data.train_inputs, self.data.train_targets
        inputs = inputs.float() if inputs.is_floating_point() else inputs
        order = self.task.batches(len(inputs), self.job.training.steps, stream(0, "order", 0))
        for index in torch.as_tensor(order.copy(), device=self.device):
            yield inputs[index], targets[index]

    def chosen(self, network: torch.nn.Module) -> torch.Tensor:
        """A copy of the weights that are recorded."""
        import torch

        named = dict(network.named_parameters())
        layers = named if self.layer == "*" else {self.layer: named[self.layer]}
        return torch.cat([weights.detach().flatten() for weights in layers.values()])
