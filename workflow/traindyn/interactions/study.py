"""One job: the interactions of the trainings in one recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.config.interactions import InteractionsPlan
from traindyn.errors import InputError
from traindyn.interactions.checkpoints import at_rest, chosen_steps, parameters
from traindyn.interactions.outputs import Network, masked_outputs
from traindyn.interactions.scores import score
from traindyn.interactions.sparsest import sparsest
from traindyn.interactions.tables import COLUMNS, Checkpoint, tables_of
from traindyn.interactions.variables import baseline, variables
from traindyn.recording import Recording, labels
from traindyn.recording.tables import concatenated
from traindyn.streams import stream
from traindyn.tasks.base import Classification, Data
from traindyn.training.batches import in_precision
from traindyn.training.initialisation import skeleton

Tables = dict[str, pd.DataFrame]
Progress = Callable[[int, int], None]
REPLICA = 0


@dataclass(frozen=True)
class Setting:
    """What all checkpoints have in common. samples: numbers of the inputs studied; variable, baseline: as `masked`."""

    plan: InteractionsPlan
    task: Classification
    data: Data
    network: nn.Module
    samples: list[int]
    variable: torch.Tensor
    baseline: torch.Tensor


def study(
    recording: Recording,
    job: TrainingJob,
    plan: InteractionsPlan,
    seeds: list[int],
    data_dir: Path,
    log: Callable[[str], None],
    progress: Progress = lambda done, total: None,
) -> Tables:
    """Tables of these seeds of a recording made by the job; steps after a divergence are left out.

    strengths, salient: as in `rows`, with seed and step. checkpoints: seed, step, train_loss, test_loss, gap (test −
    train loss), train_accuracy, test_accuracy, mean_order, strength (mean over samples of Σ|I| of the salient ones),
    variance (σ² of the theory that comes nearest), r2 (how near). theory: seed, step, order, measured and predicted
    share. All have the recording's group, architecture and optimizer as well.
    """
    setting = _setting(job, plan, data_dir)
    steps = chosen_steps([int(s) for s in recording.steps], plan.checkpoints)
    places, total = {int(s): i for i, s in enumerate(recording.steps)}, len(seeds) * len(steps)
    parts = {name: [pd.DataFrame(columns=["seed", "step", *columns])] for name, columns in COLUMNS.items()}
    largest = 0.0
    for number, seed in enumerate(seeds):
        found = []
        for count, step in enumerate(steps):
            found += _checkpoint(recording, setting, seed, step, places[step])
            progress(number * len(steps) + count + 1, total)
        largest = max([largest, *(each.gap for each in found)])
        for name, table in tables_of(found, setting.plan.salience, setting.samples):
            parts[name].append(table.assign(seed=seed))
    log(f"every split is within {largest:.1e} of the sparsest, relative to it")
    names = {name: labels(recording)[name] for name in ("group", "architecture", "optimizer")}
    tables = {name: concatenated(own) for name, own in parts.items()}
    return {name: _in_order(table.assign(**names), [*names, "seed", "step"]) for name, table in tables.items()}


def _setting(job: TrainingJob, plan: InteractionsPlan, data_dir: Path) -> Setting:
    task: Classification = build_component("task", job.task)
    data = in_precision(task.load(data_dir), torch.float64)
    assert data is not None
    inputs = data.train_inputs if plan.data == "train" else data.test_inputs
    if plan.samples > len(inputs):
        raise InputError(
            f"interactions.samples = {plan.samples}: there are {len(inputs)} samples in the {plan.data} data"
        )
    # The same for all groups, seeds and checkpoints.
    drawn = stream(job.root_seed, "interactions", plan.data).choice(len(inputs), plan.samples, replace=False)
    return Setting(
        plan,
        task,
        data,
        skeleton(build_component("architecture", job.network), task),
        sorted(int(sample) for sample in drawn),
        variables(task.input_shape, plan.grid, plan.margin),
        baseline(data.train_inputs, plan.baseline),
    )


def _checkpoint(recording: Recording, setting: Setting, seed: int, step: int, place: int) -> list[Checkpoint]:
    """The checkpoint, if the network has not diverged by then."""
    diverged = recording.diverged_step[list(recording.seeds).index(seed), REPLICA]
    if 0 <= diverged <= step:
        return []
    flat = recording.snapshot(seed, REPLICA, place)
    network = at_rest(setting.network, parameters(setting.network, flat), setting.data.train_inputs)
    plan, data = setting.plan, setting.data
    inputs, targets = {
        "train": (data.train_inputs, data.train_targets),
        "test": (data.test_inputs, data.test_targets),
    }[plan.data]
    found, gaps = [], [0.0]
    for sample in setting.samples:
        v = masked_outputs(network, inputs[sample], targets[sample], setting.variable, setting.baseline)
        split = sparsest(v, plan.slack * abs(v[-1] - v[0]))
        found.append(np.stack([split.I_and, split.I_or]))
        gaps.append(split.gap)
    return [Checkpoint(seed, step, np.stack(found), max(gaps), _scores(network, setting))]


def _scores(network: Network, setting: Setting) -> dict[str, float]:
    task, data, first = setting.task, setting.data, slice(setting.plan.scored)
    train_loss, train_accuracy = score(network, task, data.train_inputs[first], data.train_targets[first])
    test_loss, test_accuracy = score(network, task, data.test_inputs[first], data.test_targets[first])
    return {
        "train_loss": train_loss,
        "test_loss": test_loss,
        "gap": test_loss - train_loss,
        "train_accuracy": train_accuracy,
        "test_accuracy": test_accuracy,
    }


def _in_order(table: pd.DataFrame, first: list[str]) -> pd.DataFrame:
    return table[[*first, *(name for name in table.columns if name not in first)]]
