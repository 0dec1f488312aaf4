"""Delays, modes and parts for data of which nothing is known but their sizes.

- **Delays** d = 3200 // D for D weights, as the paper has it for its widths (section 4.2: int(32·10/h) delays of h·10
  weights), so that delay vectors of small and large networks are equally long; but at least 4, since few observables
  see a hidden state only through their past (Takens' theorem asks for more than twice as many delays as the state has
  dimensions), and at most a quarter of the steps, so that three quarters remain as snapshots.
- **Modes** k = 10, the paper's number; fewer where a delay vector is shorter, or where there would be fewer than two
  snapshots for each mode: with as many modes as snapshots any data are fitted exactly, and the spectrum says nothing.
- **Parts** stand in for seeds where each group has one: 8, or as many as there are replicas.

Delays follow the shortest recording and modes the smallest, so that all groups are compared alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DELAYS_TIMES_WEIGHTS = 3200
FEWEST_DELAYS = 4
STEPS_PER_DELAY = 4
MODES = 10
SNAPSHOTS_PER_MODE = 2
PARTS = 8


@dataclass(frozen=True)
class Size:
    """Of one recording of a seed."""

    replicas: int
    steps: int
    weights: int


def default_delays(weights: int, steps: int) -> int:
    """Delays for so many weights, of recordings with at least so many steps.

    >>> default_delays(weights=50, steps=1000), default_delays(weights=2, steps=100), default_delays(10**6, 100)
    (64, 25, 4)
    """
    return max(0, min(max(DELAYS_TIMES_WEIGHTS // weights, FEWEST_DELAYS), steps // STEPS_PER_DELAY, steps - 2))


def default_parts(groups: Mapping[str, Sequence[Size]]) -> int:
    """Parts of the replicas: where groups are compared that have a single seed each, of several replicas.

    Else 1, which means none.
    """
    replicas = min(size.replicas for sizes in groups.values() for size in sizes)
    single = len(groups) > 1 and all(len(sizes) == 1 for sizes in groups.values())
    return min(PARTS, replicas) if single else 1


def default_modes(groups: Mapping[str, Sequence[Size]], delays: Mapping[str, int], parts: int = 1) -> int:
    """Modes that every fit can bear, of groups with so many delays (group → delays)."""
    return max(1, min(MODES, *(_most(size, delays[group], parts) for group, sizes in groups.items() for size in sizes)))


def _most(size: Size, delays: int, parts: int) -> int:
    snapshots = size.replicas // parts * (size.steps - delays - 1)
    return min((delays + 1) * size.weights, snapshots // SNAPSHOTS_PER_MODE)
