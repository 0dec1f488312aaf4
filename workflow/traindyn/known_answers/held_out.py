"""The other half: other systems, spectra, starts, noise and changes of coordinates, not looked at while choosing."""

from collections.abc import Callable

import numpy as np

from traindyn.known_answers.ensembles import observed, orthogonal, replicated, rotation_blocks
from traindyn.known_answers.linear import DIFFERENCES, Modes, differing
from traindyn.known_answers.pair import REPLICAS, SEEDS, Array, Pair, Rng, choice, exchanged

Field = Callable[[Array], Array]


def drawn(rng: Rng, conjugate: bool) -> Pair:
    """A pair: linear systems (0.6), pendulums (0.15), gradient flows (0.15), population maps (0.1)."""
    families = (linear, pendulums, gradient_flows, population_maps)
    return families[rng.choice(4, p=[0.6, 0.15, 0.15, 0.1])](rng, conjugate)


def linear(rng: Rng, conjugate: bool) -> Pair:
    """x ↦ Ax + noise with a non-normal A and moduli that crowd at 1, seen through a shear, a flow or a stretch."""
    difference = "none" if conjugate else str(rng.choice(DIFFERENCES))
    dimension, steps = int(choice(rng, 3, 4, 5, 8)), int(choice(rng, 70, 100, 200))
    noise, strength = choice(rng, 3e-4, 3e-3, 2e-2), choice(rng, 0.15, 0.5, 1.0)
    offset, spread = choice(rng, 0, 0, 0, 3), choice(rng, 0.001, 0.03, np.inf, np.inf)
    driven = rng.random() < 0.5
    pairs = int(rng.integers(1 if difference == "angles" else 0, dimension // 2 + 1))
    angles = np.concatenate([rng.uniform(0.02, 0.9, size=pairs), np.zeros(dimension - 2 * pairs)])
    modes = Modes(1 - 10 ** rng.uniform(-2.5, -0.7, size=dimension - pairs), angles)
    other, size = differing(rng, modes, difference)
    matrix = _matrix(rng, modes)
    groups = []
    for of, bent in ((matrix, rng.random() < 0.5), (matrix if conjugate else _matrix(rng, other), True)):
        x = _driven(rng, of, _starts(rng, len(of), spread), steps, noise if driven else 0.0)
        x = x if len(of) == dimension else x @ orthogonal(rng, dimension, len(of)).T
        groups.append(
            observed(rng, _coordinates(rng, dimension, strength)(x) if bent else x, 1e-4 if driven else noise, offset)
        )
    return Pair(*exchanged(rng, *groups), "linear systems", difference, size, strength, noise, spread)


def pendulums(rng: Rng, conjugate: bool) -> Pair:
    """The damped pendulum as (θ, ω) and as (sinh θ, ω·exp(θ/2)); or with another friction or gravity."""
    difference = "none" if conjugate else str(rng.choice(["friction", "gravity"]))
    size = 0.0 if conjugate else choice(rng, 1.05, 1.15, 1.4)
    noise, spread, steps = choice(rng, 0, 1e-3, 1e-2), choice(rng, 0.01, np.inf), int(choice(rng, 80, 150))
    friction, gravity, step = rng.uniform(0.3, 1.2), rng.uniform(0.5, 2), rng.uniform(0.08, 0.2)

    def swings(friction: float, gravity: float) -> Array:
        def field(x: Array) -> Array:
            return np.stack([x[..., 1], -friction * x[..., 1] - gravity * np.sin(x[..., 0])], axis=-1)

        return _sampled(field, 0.8 * _starts(rng, 2, spread), step, steps)

    a = swings(friction, gravity)
    b = swings(friction * (size if difference == "friction" else 1), gravity * (size if difference == "gravity" else 1))
    if conjugate or rng.random() < 0.5:
        b = np.stack([np.sinh(b[..., 0]), b[..., 1] * np.exp(b[..., 0] / 2)], axis=-1)
    a, b = (observed(rng, each, noise) for each in exchanged(rng, a, b))
    return Pair(a, b, "pendulums", difference, size, 1.0, noise, spread)


def gradient_flows(rng: Rng, conjugate: bool) -> Pair:
    """The gradient flow in u of Σ log cosh(Bx - c) with x = sinh u, seen as x and as u; or beside the flow in x."""
    dimension, steps = int(choice(rng, 2, 3, 5)), int(choice(rng, 70, 150))
    noise, spread, step = choice(rng, 0, 3e-4, 5e-3), choice(rng, 0.01, np.inf), rng.uniform(0.05, 0.2)
    B, c = rng.normal(size=(2 * dimension, dimension)) / np.sqrt(dimension), rng.normal(size=2 * dimension)

    def gradient(x: Array) -> Array:
        return np.tanh(x @ B.T - c) @ B

    def flow(curved: bool) -> Array:
        starts = 1.5 * _starts(rng, dimension, spread)
        if not curved:
            return _sampled(lambda x: -gradient(x), starts, step, steps)
        return np.sinh(_sampled(lambda u: -gradient(np.sinh(u)) * np.cosh(u), np.arcsinh(starts), step, steps))

    a, b = flow(curved=True), flow(curved=conjugate)
    if conjugate:
        b = np.arcsinh(b)
    a, b = (observed(rng, each, noise) for each in exchanged(rng, a, b))
    return Pair(a, b, "gradient flows", "none" if conjugate else "metric", 0.0, 1.0, noise, spread)


def population_maps(rng: Rng, conjugate: bool) -> Pair:
    """Ricker's map x ↦ x·exp(r(1 - x)) of two species, as x and as log x; or with another r."""
    size = 0.0 if conjugate else choice(rng, 0.03, 0.1, 0.3)
    noise, spread, steps = choice(rng, 0, 1e-3, 1e-2), choice(rng, 0.01, np.inf), int(choice(rng, 60, 120))
    growth = rng.uniform(0.05, 0.6, size=2)

    def generations(growth: Array) -> Array:
        found = [np.exp(0.6 * _starts(rng, 2, spread))]
        while len(found) < steps:
            crowd = found[-1] + 0.3 * found[-1][..., ::-1]
            found.append(found[-1] * np.exp(growth * (1 - crowd)))
        return np.stack(found, axis=2)

    a, b = generations(growth), generations(growth * (1 + size))
    if conjugate or rng.random() < 0.5:
        b = np.log(b)
    a, b = (observed(rng, each, noise) for each in exchanged(rng, a, b))
    return Pair(a, b, "population maps", "none" if conjugate else "growth", size, 1.0, noise, spread)


def _matrix(rng: Rng, modes: Modes) -> Array:
    """With these eigenvalues and eigenvectors that are not orthogonal."""
    n = modes.dimension
    basis = orthogonal(rng, n) @ np.diag(np.exp(rng.uniform(-0.7, 0.7, size=n))) @ orthogonal(rng, n)
    return basis @ rotation_blocks(modes.moduli, modes.angles) @ np.linalg.inv(basis)


def _starts(rng: Rng, dimension: int, spread: float) -> Array:
    """Starts (seed, replica, dimension), of Student's t with 5 degrees of freedom."""
    if np.isinf(spread):
        return np.clip(rng.standard_t(5, size=(SEEDS, REPLICAS, dimension)), -4, 4) / 1.3
    return replicated(rng, np.clip(rng.standard_t(5, size=(SEEDS, 1, dimension)), -4, 4) / 1.3, spread)


def _driven(rng: Rng, matrix: Array, starts: Array, steps: int, noise: float) -> Array:
    found = [starts]
    while len(found) < steps:
        found.append(found[-1] @ matrix.T + noise * rng.normal(size=starts.shape))
    return np.stack(found, axis=2)


def _sampled(field: Field, starts: Array, step: float, steps: int, parts: int = 4) -> Array:
    """Solutions (seed, replica, step, d) of ẋ = field(x) at multiples of `step`, by Runge and Kutta's method."""
    found = [starts]
    while len(found) < steps:
        found.append(_advanced(field, found[-1], step, parts))
    return np.stack(found, axis=2)


def _advanced(field: Field, x: Array, time: float, parts: int) -> Array:
    h = time / parts
    for _ in range(parts):
        k1 = field(x)
        k2 = field(x + h / 2 * k1)
        k3 = field(x + h / 2 * k2)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + field(x + h * k3))
    return x


def _coordinates(rng: Rng, dimension: int, strength: float) -> Field:
    """A random diffeomorphism: a quadratic shear, the flow of a vector field, or a stretch along turned axes."""
    turn, kind = orthogonal(rng, dimension), rng.choice(["shear", "flow", "stretch"])
    if kind == "shear":  # y_i = x_i + a x_{i-1}², y_0 = x_0: undone from the first coordinate on
        return lambda x: _sheared(x @ turn, strength)
    if kind == "flow":
        W, c = rng.normal(size=(dimension, dimension)) / np.sqrt(dimension), rng.uniform(0, 6, size=dimension)
        return lambda x: _advanced(lambda y: strength * (np.sin(y @ W + c) - np.sin(c)), x, 1.0, 8)
    return lambda x: np.sinh(0.6 * strength * (x @ turn)) / (0.6 * strength) @ turn.T


def _sheared(x: Array, strength: float) -> Array:
    bent = x.copy()
    bent[..., 1:] += 0.4 * strength * x[..., :-1] ** 2
    return bent
