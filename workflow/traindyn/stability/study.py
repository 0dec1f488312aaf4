"""One job: the stability of the trainings in one recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.config.stability import StabilityPlan
from traindyn.recording import Recording, labels
from traindyn.recording.tables import concatenated
from traindyn.stability.follow import Progress, double, follow, load, start
from traindyn.stability.tables import angles_table, exponents_table, final_losses
from traindyn.training.blocks import Block
from traindyn.training.initialisation import skeleton
from traindyn.training.recorded import recorder

Tables = dict[str, pd.DataFrame]


def study(
    recording: Recording,
    job: TrainingJob,
    plan: StabilityPlan,
    seeds: list[int],
    data_dir: Path,
    log: Callable[[str], None],
    progress: Progress = lambda done, total: None,
) -> Tables:
    """Tables `exponents` and `angles` (see `stability.tables`) of these seeds of a recording made by the job.

    Both have the recording's group, architecture and optimizer as well, exponents the final loss too. `log` is told how
    far the followed weights end from the recorded ones.
    """
    job = double(job, seeds, min(plan.replicas, job.replicas))
    task, data = load(job, data_dir)
    blocks = start(job, plan, task, data)
    stop = job.training.steps if plan.stop is None else plan.stop
    parts: dict[str, list[pd.DataFrame]] = {"exponents": [], "angles": []}
    comparison = _Comparison(recording, job, skeleton(build_component("architecture", job.network), task), stop)
    for number, block in enumerate(blocks):

        def visit(step: int, block: Block, number: int = number) -> None:
            comparison.visit(step, block)
            progress(number * stop + step, len(blocks) * stop)

        followed = follow(block, job, plan, task, data, visit)
        own = (plan, job.seeds[block.where[0]], range(job.replicas)[block.where[1]])
        parts["exponents"].append(exponents_table(followed, *own))
        parts["angles"].append(angles_table(followed, *own))
    log(comparison.said())
    names = {name: labels(recording)[name] for name in ("group", "architecture", "optimizer")}
    tables = {name: concatenated(found) for name, found in parts.items()}
    tables["exponents"] = _with_final_losses(tables["exponents"], recording, plan)
    return {name: table.assign(**names)[[*names, *table.columns]] for name, table in tables.items()}


def _with_final_losses(exponents: pd.DataFrame, recording: Recording, plan: StabilityPlan) -> pd.DataFrame:
    losses = recording.scalars("train_loss")
    assert losses is not None
    final = final_losses(losses, plan.final_steps)
    index = pd.MultiIndex.from_product([recording.seeds, range(recording.replicas)], names=["seed", "replica"])
    known = pd.Series(final.ravel(), index=index, name="final_loss")
    return exponents.join(known, on=["seed", "replica"])


class _Comparison:
    """The followed weights beside the recorded ones, at the last recorded step that is followed."""

    def __init__(self, recording: Recording, job: TrainingJob, network: nn.Module, stop: int) -> None:
        self._recording, self._job = recording, job
        self._record = recorder(network, job.recording, job.root_seed)
        self._place = int(np.searchsorted(recording.steps, stop, side="right")) - 1
        self._largest = np.nan

    def visit(self, step: int, block: Block) -> None:
        """Compare, if this is the step."""
        if self._place < 0 or step != self._recording.steps[self._place]:
            return
        found = self._record(block.parameters).astype(np.float64)
        seeds, replicas = self._job.seeds[block.where[0]], range(self._job.replicas)[block.where[1]]
        kept = np.stack([[self._recording.snapshot(s, r, self._place) for r in replicas] for s in seeds])
        with np.errstate(invalid="ignore"):
            apart = np.linalg.norm(found - kept, axis=-1) / np.linalg.norm(kept, axis=-1)
        self._largest = float(np.fmax.reduce([self._largest, *apart.ravel()]))  # NaN: a network that diverged

    def said(self) -> str:
        """The comparison in words."""
        if self._place < 0:
            return "no recorded step was followed: the weights are compared with nothing"
        step = self._recording.steps[self._place]
        if np.isnan(self._largest):
            return f"step {step}: every network has diverged"
        return f"step {step}: the followed weights are within {self._largest:.1e} of the recorded ones"
