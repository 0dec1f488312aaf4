"""Two groups of trajectories of which it is known whether they are conjugate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traindyn.streams import stream

SEEDS, REPLICAS = 6, 5  # of each group

Array = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Pair:
    """a, b: trajectories (seed, replica, step, weight); what was drawn for them; the answer.

    conjugate: by a change of coordinates that is smooth both ways inside the region that is visited. A merely
    continuous one would make all stable linear maps of equal dimension and orientation conjugate.
    difference: what makes them not conjugate (`none` where they are), and its size; strength: of the nonlinear part
    of the coordinates beside the linear one; noise: standard deviation of the observations' noise beside that of the
    trajectories; spread: of the replicas about their seed, infinite where each is a start of its own.
    """

    a: Array
    b: Array
    family: str
    difference: str
    size: float
    strength: float
    noise: float
    spread: float

    @property
    def conjugate(self) -> bool:
        return self.difference == "none"


def choice(rng: Rng, *values: float) -> float:
    """One of the values, each as likely."""
    return float(rng.choice(values))


def exchanged(rng: Rng, a: Array, b: Array) -> tuple[Array, Array]:
    """The two in random order: no way of judging may learn which side is which."""
    return (b, a) if rng.random() < 0.5 else (a, b)


def pair_stream(root: int, half: str, number: int) -> Rng:
    """The random stream of one pair: the same whatever other pairs are drawn."""
    return stream(root, "known answers", half, number)
