"""Recordings → the small tables that figures need: learning curves, example trajectories, divergences."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from traindyn.recording.labels import LABELS, labels
from traindyn.recording.layout import TESTS
from traindyn.recording.reader import Recording, StoredTrajectories

BLOCK_VALUES = 1 << 24  # read at once


def learning_curves(recording: Recording) -> pd.DataFrame:
    """Losses and accuracy by seed and step, mean over the seed's finite replicas.

    Columns: group, architecture, optimizer, seed, step, train_loss, test_loss, test_accuracy, train_accuracy (NaN where
    not evaluated; the training accuracy is that on the step's batch).
    """
    finite = recording.diverged_step < 0
    columns = {"train_loss": _means(recording.scalars("train_loss"), finite, len(recording.steps))}
    _, places, tested = np.intersect1d(recording.steps, recording.test_steps, return_indices=True)
    for name in TESTS:
        columns[name] = np.full(columns["train_loss"].shape, np.nan)
        scores = _means(recording.scalars(name), finite, len(recording.test_steps))
        columns[name][:, places] = scores[:, tested]
    names = labels(recording)
    return pd.DataFrame(
        {
            **{name: names[name] for name in ("group", "architecture", "optimizer")},
            "seed": np.repeat(recording.seeds, len(recording.steps)),
            "step": np.tile(recording.steps, len(recording.seeds)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def _means(values: np.ndarray | None, finite: np.ndarray, steps: int) -> np.ndarray:
    """Mean (seed, step) over each seed's replicas that are finite, NaN where there is none or nothing was noted."""
    if values is None:
        return np.full((len(finite), steps), np.nan)
    means = [
        of_seed[chosen].mean(axis=0) if chosen.any() else np.full(steps, np.nan)
        for of_seed, chosen in zip(values, finite, strict=True)
    ]
    return np.stack(means)


def example_trajectories(recording: Recording, replicas: int = 25, weights: int = 4) -> pd.DataFrame:
    """The weights that move most, of the recording's first finite seed.

    Columns: group, architecture, optimizer, seed, replica, step, weight, value.
    """
    finite = [int(seed) for seed in recording.seeds if not recording.diverged(int(seed))]
    names = labels(recording)
    columns = ["group", "architecture", "optimizer", "seed", "replica", "step", "weight", "value"]
    if not finite:
        return pd.DataFrame(columns=columns)
    trajectories = recording.select(finite[0], slice(replicas))
    chosen = np.sort(np.argsort(-_moved(trajectories), kind="stable")[:weights])
    values = np.concatenate([trajectories[:, :, w : w + 1] for w in chosen], axis=2)
    index = pd.MultiIndex.from_product(
        [range(len(values)), recording.steps, [recording.weight_name(int(w)) for w in chosen]],
        names=["replica", "step", "weight"],
    )
    table = pd.Series(values.astype(np.float64).ravel(), index=index, name="value").reset_index()
    return table.assign(seed=finite[0], **{key: names[key] for key in columns[:3]})[columns]


def _moved(trajectories: StoredTrajectories) -> np.ndarray:
    """How far each weight (weight,) of the first replica moves, read block by block."""
    _, steps, weights = trajectories.shape
    width = max(1, BLOCK_VALUES // steps)
    blocks = (trajectories[:1, :, start : min(start + width, weights)] for start in range(0, weights, width))
    return np.concatenate([np.ptp(block[0], axis=0) for block in blocks])


def diverged(recording: Recording) -> pd.DataFrame:
    """One row per training that met NaN or Inf: LABELS, seed, replica, step (of the first)."""
    rows = list(_diverged_rows(recording))
    return pd.DataFrame(rows, columns=[*LABELS, "seed", "replica", "step"])


def _diverged_rows(recording: Recording) -> Iterator[dict[str, object]]:
    for position, replica in np.argwhere(recording.diverged_step >= 0):
        yield {
            **labels(recording),
            "seed": int(recording.seeds[position]),
            "replica": int(replica),
            "step": int(recording.diverged_step[position, replica]),
        }


def concatenated(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tables under one another; one with no rows keeps its columns and says nothing about types."""
    tables = list(tables)
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)
