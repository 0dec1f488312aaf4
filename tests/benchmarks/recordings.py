"""Recordings that fits are measured on: of real trainings, and drawn ones where a training takes too long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.jobs import Training


def trained(training: Training, data_dir: Path, path: Path) -> Path:
    """Record a training.

    Raises:
        InputError: the data set is not there and cannot be fetched.
    """
    from traindyn.config import build_component
    from traindyn.training import train

    job = training.job()
    if training.task["name"] == "mnist":
        build_component("task", job.task).prepare(data_dir)
    train(job, data_dir, path)
    return path


def drawn_steps(weights: int, steps: int, replicas: int) -> Iterator[np.ndarray]:
    """Weights (replica, weight) step by step, like those of a network trained with noisy gradients, in float32.

    A random start, drift along eight directions that slows down at eight rates, and noise of every step that adds up;
    replicas start within 0.1 % of each other, drift at speeds 1 % apart, and share the noise but for 1 %.
    """
    generator = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape, dtype=np.float32)

    start = 0.1 * normal(weights)
    current = start * (1 + 1e-3 * normal(replicas, weights))
    directions = 0.02 * normal(8, weights)
    rates = np.geomspace(0.002, 0.3, 8, dtype=np.float32)
    speeds = 1 + 0.01 * normal(replicas, 1)
    for step in range(steps):
        drift = (rates * np.exp(-rates * step)) @ directions
        current = current + speeds * drift + 1e-4 * normal(weights) + 1e-6 * normal(replicas, weights)
        yield current.astype(np.float32)


def drawn(path: Path, weights: int, steps: int, replicas: int) -> Path:
    """A recording of `drawn_steps`."""
    from traindyn.recording import RecordingWriter

    numbers, layers = range(1, steps + 1), {"all": weights}
    with RecordingWriter(
        path, seeds=[0], replicas=replicas, steps=numbers, layers=layers, dtype="float32", attributes={}
    ) as writer:
        for current in drawn_steps(weights, steps, replicas):
            writer.write(current[None], np.zeros((1, replicas)))
        writer.close(np.full((1, replicas), -1))
    return path
