"""Do the files that a sheet names fit the plan? As far as their headers tell."""

from __future__ import annotations

from traindyn.bringing.opening import opened
from traindyn.config import Brought
from traindyn.errors import InputError


def headers(experiment: Brought) -> dict[tuple[str, int], tuple[list[int], int, int]]:
    """(label, seed) → recorded steps, replicas, weights.

    Raises:
        InputError: what cannot be read, with its sheet and file.
    """
    found = {}
    for rows in experiment.sheet.rows:
        try:
            with opened(rows) as source:
                found[rows[0].label, rows[0].seed] = (list(source.steps), source.replicas, source.weights)
        except InputError as error:
            raise InputError(f"{experiment.sheet.path}: {rows[0].label}, seed {rows[0].seed}: {error}") from error
    return found
