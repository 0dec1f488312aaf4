"""One training job: an ensemble, its recording, and the checkpoints that let it go on after an interruption."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from traindyn.config import TrainingJob, build_component
from traindyn.errors import InputError
from traindyn.provenance import attributes, versions
from traindyn.recording import RecordingWriter
from traindyn.tasks.base import Task
from traindyn.training.batches import in_precision, on_device
from traindyn.training.checkpoint import Checkpoint
from traindyn.training.device import training_device
from traindyn.training.initialisation import check_starts, skeleton
from traindyn.training.memory import keep_freed_memory
from traindyn.training.outcome import Outcome
from traindyn.training.plan import recorded_steps, test_steps
from traindyn.training.recorded import recorded_layers
from traindyn.training.start import ensemble_blocks
from traindyn.training.state import Training
from traindyn.training.steps import steps
from traindyn.training.termination import STATUS, Termination
from traindyn.training.transfer import Transfer

Progress = Callable[[int, int, int], None]
CHECKPOINT_SECONDS = 60.0
logger = logging.getLogger(__name__)


def train(
    job: TrainingJob,
    data_dir: Path,
    path: Path,
    progress: Progress = lambda done, total, before: None,
    *,
    gpu: bool = False,
    origin: str = "",
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> None:
    """Train one chunk of seeds of one group and write its recording.

    Step s stands for the weights after s optimizer steps; its loss is that of these weights on the batch of step s,
    the one that the next optimizer step uses.

    A training that was interrupted goes on from its last checkpoint, and its recording is that of an uninterrupted one,
    byte for byte on the same kind of processor.

    Args:
        gpu: whether the job was given a GPU.
        origin: what else the numbers come from (hashes of code and data): a checkpoint of another origin is not used.
        checkpoint_seconds: least time between two checkpoints.

    Raises:
        InputError: for options that do not fit each other, missing or damaged data, or a GPU that is not there.
        SystemExit: with status 143 on SIGTERM, after a checkpoint.
    """
    keep_freed_memory()
    task: Task = build_component("task", job.task)
    architecture = build_component("architecture", job.network)
    check_starts(architecture, task, job.replicas)
    network = skeleton(architecture, task)
    with training_device(job.training.device, given=gpu) as device:
        data = on_device(in_precision(task.load(data_dir), getattr(torch, job.training.dtype)), device)
        blocks = ensemble_blocks(job, task, architecture, data, device)
        checkpoint = Checkpoint(path, _identity(job, origin, device, len(blocks)), checkpoint_seconds)
        with _writer(job, network, path) as writer, Termination() as termination:
            outcome = Outcome(job, task, network, writer, [block.where for block in blocks])
            training = Training(checkpoint, blocks, outcome, device)
            first = training.resume()
            transfer = Transfer(device, outcome.take)
            for step, found in steps(job, task, network, blocks, data, first):
                transfer.put(step, found)
                if step < job.training.steps and (termination.asked or checkpoint.due()):
                    transfer.finish()
                    training.save(step + 1)
                    if termination.asked:
                        logger.warning(
                            "ended by SIGTERM after step %d of %d; run again to go on", step, job.training.steps
                        )
                        raise SystemExit(STATUS)
                progress(step, job.training.steps, max(first - 1, 0))
            transfer.finish()
            writer.close(outcome.diverged)
            writer.discard_others()
        checkpoint.remove()


def _identity(job: TrainingJob, origin: str, device: torch.device, blocks: int) -> str:
    """All that the bits of a recording depend on, but the model of the processor."""
    found = {
        "job": job.model_dump(mode="json"),
        "versions": versions(),
        "origin": origin,
        "device": device.type,
        "blocks": blocks,  # on a GPU its free memory decides
        "threads": torch.get_num_threads(),
    }
    return json.dumps(found, sort_keys=True)


def _writer(job: TrainingJob, network: nn.Module, path: Path) -> RecordingWriter:
    recorded = recorded_steps(job)
    if not recorded:
        raise InputError("recording: no step is recorded")
    return RecordingWriter(
        path,
        seeds=job.seeds,
        replicas=job.replicas,
        steps=recorded,
        layers=recorded_layers(network, job.recording),
        dtype=job.recording.dtype,
        attributes=attributes(json.dumps(job.model_dump(mode="json")))
        | {name: getattr(job, name) for name in ("experiment", "architecture", "optimizer", "group")},
        test_steps=test_steps(job),
    )
