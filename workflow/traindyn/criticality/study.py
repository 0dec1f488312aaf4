"""One job: the fluctuations of the trainings in one recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from traindyn.config import TrainingJob, build_component
from traindyn.config.criticality import CriticalityPlan
from traindyn.criticality.duality import duality, points
from traindyn.criticality.equilibrium import Moments, moments
from traindyn.criticality.fluctuations import fluctuations
from traindyn.criticality.gradients import Loss, blocks, sample_loss
from traindyn.criticality.tables import density_rows, exponent_row
from traindyn.recording import Recording, labels
from traindyn.tasks.base import Task
from traindyn.training.batches import in_precision
from traindyn.training.initialisation import skeleton

Tables = dict[str, pd.DataFrame]
Progress = Callable[[int, int], None]
RUN = ("group", "architecture", "optimizer", "seed", "replica", "step")
COLUMNS = {
    "equilibrium": ("ratio", "equilibrium", "studied"),
    "exponents": (
        *("kind", "variable", "samples", "used", "deviation", "whole_p", "exponent", "error", "low", "high"),
        *("decades", "inside", "fit_p", "lognormal_p", "predicted", "disagreement"),
    ),
    "densities": ("kind", "variable", "low", "high", "count", "density", "predicted"),
    "singular_values": ("point", "samples", "rank", "value"),
}


def study(
    recording: Recording,
    job: TrainingJob,
    plan: CriticalityPlan,
    seeds: list[int],
    data_dir: Path,
    log: Callable[[str], None],
    progress: Progress = lambda done, total: None,
) -> Tables:
    """The tables of `COLUMNS` for these seeds of a recording made by the job; each has the columns RUN before its own.

    equilibrium: ratio ‖mean change‖ / standard deviation; whether it is at most the plan's; whether fluctuations were
    studied at this step. singular_values: of the duality map at each point (the mean of a class of so many samples).
    exponents, densities: see `criticality.tables`. Everything is computed in double precision, from recorded weights.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    networks = [(seed, replica) for seed in seeds for replica in range(min(plan.replicas, job.replicas))]
    one = _Study(recording, job, plan, data_dir)
    for number, (seed, replica) in enumerate(networks):
        names = labels(recording) | {"seed": seed, "replica": replica}
        steps = one.steps(seed, replica)
        if not set(plan.steps) <= set(steps):
            log(f"seed {seed}, replica {replica}: diverged, studied until then")
        for done, (step, found) in enumerate(one.network(seed, replica, steps)):
            for name, added in found.items():
                rows[name] += [{**names, "step": step, **row} for row in added]
            progress(number * len(steps) + done + 1, len(networks) * len(steps))
    return {name: pd.DataFrame(rows[name], columns=[*RUN, *columns]) for name, columns in COLUMNS.items()}


class _Study:
    """What all networks of a recording share: the loss of a sample, and the data."""

    def __init__(self, recording: Recording, job: TrainingJob, plan: CriticalityPlan, data_dir: Path) -> None:
        self._recording, self._plan = recording, plan
        self._layers = list(recording.layers.values())
        task: Task = build_component("task", job.task)
        architecture = build_component("architecture", job.network)
        self._loss: Loss = sample_loss(skeleton(architecture, task), task)
        data = in_precision(task.load(data_dir), torch.float64)
        assert data is not None
        self._inputs, self._targets = data.train_inputs[: plan.samples], data.train_targets[: plan.samples]

    def steps(self, seed: int, replica: int) -> list[int]:
        """Steps at which the equilibrium is looked at, among them those that are studied; none with NaN or infinity."""
        recorded = self._recording.steps
        spread = np.unique(np.linspace(0, len(recorded) - 1, self._plan.equilibrium_checks).round().astype(int))
        diverged = self._recording.diverged_step[list(self._recording.seeds).index(seed), replica]
        last = recorded[-1] + 1 if diverged < 0 else diverged
        return sorted(int(s) for s in {*recorded[spread], *self._plan.steps} if s < last)

    def network(self, seed: int, replica: int, steps: list[int]) -> Iterator[tuple[int, dict[str, list[dict]]]]:
        """Step by step the rows of all tables."""
        studied = [step for step in steps if step in self._plan.steps]
        chosen = self._chosen(self._moments(self._weights(seed, replica, studied[-1]))) if studied else []
        for step in steps:
            weights = self._weights(seed, replica, step)
            ratio = self._moments(weights).ratio
            found: dict[str, list[dict]] = {
                "equilibrium": [
                    {"ratio": ratio, "equilibrium": ratio <= self._plan.equilibrium, "studied": step in studied}
                ]
            }
            if step in studied:
                found |= self._fluctuations(weights, chosen)
            yield step, found

    def _weights(self, seed: int, replica: int, step: int) -> torch.Tensor:
        place = int(np.searchsorted(self._recording.steps, step))
        return torch.as_tensor(self._recording.snapshot(seed, replica, place).astype(np.float64))

    def _moments(self, weights: torch.Tensor) -> Moments:
        return moments(dw for _, dw in blocks(self._loss, weights, self._inputs, self._targets))

    def _chosen(self, found: Moments) -> list[int]:
        """The weights that are studied: of each layer the one whose changes vary most, then the second, …"""
        deviation = found.deviation
        ranks = [own.argsort(descending=True, stable=True).argsort() for own in deviation.split(self._layers)]
        order = np.lexsort((-deviation.numpy(), torch.cat(ranks).numpy()))
        return sorted(order[: self._plan.weights].tolist())

    def _fluctuations(self, weights: torch.Tensor, chosen: list[int]) -> dict[str, list[dict]]:
        plan = self._plan
        around = points(self._inputs, self._targets) if self._inputs.is_floating_point() else []
        maps = [duality(self._loss, weights, point, plan.directions) for point in around] if plan.directions else []
        found = fluctuations(
            self._loss,
            weights,
            self._inputs,
            self._targets,
            maps,
            around,
            chosen,
            self._recording.weight_name,
        )
        return {
            "exponents": [exponent_row(own, plan) for own in found],
            "densities": [row for own in found for row in density_rows(own, plan)],
            "singular_values": [
                {"point": number, "samples": len(own.point.samples), "rank": rank, "value": float(value)}
                for number, own in enumerate(maps)
                for rank, value in enumerate(own.values, start=1)
            ],
        }
