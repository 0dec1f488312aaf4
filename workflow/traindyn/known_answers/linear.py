"""Spectra of linear systems, and the ways in which a second one differs."""

from dataclasses import dataclass, replace

import numpy as np

from traindyn.known_answers.pair import Array, Rng, choice

DIFFERENCES = ("moduli", "one modulus", "angles", "dimension", "slow modes", "time step")


@dataclass(frozen=True, eq=False)
class Modes:
    """moduli, angles: (m,); an angle of 0 is a real eigenvalue, any other a conjugate pair."""

    moduli: Array
    angles: Array

    @property
    def dimension(self) -> int:
        return len(self.moduli) + int((self.angles > 0).sum())


def differing(rng: Rng, modes: Modes, difference: str) -> tuple[Modes, float]:
    """The modes of the other system, and the size of the difference."""
    match difference:
        case "none":
            return modes, 0.0
        case "moduli":
            size = choice(rng, 0.003, 0.01, 0.03)
            return replace(modes, moduli=modes.moduli - size), size
        case "one modulus":
            size = choice(rng, 0.01, 0.03, 0.1)
            return _with_modulus(modes, int(modes.moduli.argmax()), modes.moduli.max() - size), size
        case "angles":
            size = choice(rng, 0.01, 0.03, 0.1)
            return replace(modes, angles=np.where(modes.angles > 0, modes.angles + size, 0)), size
        case "dimension":
            fewer = Modes(modes.moduli[:-1], modes.angles[:-1])
            return fewer, float(modes.dimension - fewer.dimension)
        case "slow modes":
            least = int(modes.moduli.argmin())
            return _with_modulus(modes, least, 0.99 if modes.moduli[least] < 0.96 else 0.85), 1.0
        case "time step":
            size = choice(rng, 1.1, 1.25, 1.5, 2.0)
            return Modes(modes.moduli**size, modes.angles * size), size
    raise ValueError(difference)


def _with_modulus(modes: Modes, place: int, modulus: float) -> Modes:
    moduli = modes.moduli.copy()
    moduli[place] = modulus
    return replace(modes, moduli=moduli)
