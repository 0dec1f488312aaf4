"""The half of the pairs that was looked at while the measure was chosen."""

from collections.abc import Callable

import numpy as np

from traindyn.known_answers.ensembles import normal_starts, observed, orbits, orthogonal, replicated, rotation_blocks
from traindyn.known_answers.linear import DIFFERENCES, Modes, differing
from traindyn.known_answers.pair import REPLICAS, SEEDS, Array, Pair, Rng, choice, exchanged

Function = Callable[[Array], Array]


def drawn(rng: Rng, conjugate: bool) -> Pair:
    """A pair: linear systems (0.6), stochastic descents (0.15), gradient flows (0.15), interval maps (0.1)."""
    families = (linear, descents, gradient_flows, interval_maps)
    return families[rng.choice(4, p=[0.6, 0.15, 0.15, 0.1])](rng, conjugate)


def linear(rng: Rng, conjugate: bool) -> Pair:
    """x ↦ Ax with a normal A, seen through x + a·tanh(Cx), ‖C‖ < 1 and a ≤ 1; half the time on one side only."""
    difference = "none" if conjugate else str(rng.choice(DIFFERENCES))
    dimension, steps = int(choice(rng, 3, 6, 10)), int(choice(rng, 60, 80, 160))
    noise, strength = choice(rng, 1e-4, 1e-3, 1e-2), choice(rng, 0.1, 0.3, 0.6, 1.0)
    offset, spread = (0.0, np.inf) if rng.random() < 0.6 else (choice(rng, 0, 1, 5), choice(rng, 0.001, 0.1))
    modes = _modes(rng, dimension, turning=difference == "angles")
    other, size = differing(rng, modes, difference)
    strengths = [strength, 0.0 if rng.random() < 0.5 else strength]
    matrix = _matrix(rng, modes)
    a, b = (
        observed(
            rng,
            _bent(rng, _embedded(rng, orbits(of, normal_starts(rng, len(of), spread), steps), dimension), bend),
            noise,
            offset,
        )
        for of, bend in zip((matrix, matrix if conjugate else _matrix(rng, other)), strengths, strict=True)
    )
    return Pair(*exchanged(rng, a, b), "linear systems", difference, size, strength, noise, spread)


def descents(rng: Rng, conjugate: bool) -> Pair:
    """Stochastic gradient descent on quadratics, seen through tanh; or with another rate, momentum or Hessian."""
    difference = "none" if conjugate else str(rng.choice(["rate", "momentum", "Hessian"]))
    dimension, steps = int(choice(rng, 10, 20, 40)), int(choice(rng, 100, 200))
    noise, strength, rate = choice(rng, 0.003, 0.03), choice(rng, 0.1, 0.3, 1.0), rng.uniform(0.1, 0.5)
    hessian = 10 ** rng.uniform(-2.5, 0, size=dimension)
    size = {"rate": choice(rng, 1.25, 1.5, 2.0), "momentum": 0.8}.get(difference, 0.0)
    other = 10 ** rng.uniform(-2, 0, size=dimension) if difference == "Hessian" else hessian
    a = _descent(rng, hessian, rate, 0.0, noise, steps)
    b = _descent(
        rng, other, rate * (size if difference == "rate" else 1), 0.8 if difference == "momentum" else 0, noise, steps
    )
    a, b = (observed(rng, _bent(rng, x, strength), 0, 1) for x in exchanged(rng, a, b))
    return Pair(a, b, "stochastic descents", difference, size, strength, noise, 0.001)


def interval_maps(rng: Rng, conjugate: bool) -> Pair:
    """The logistic map at 4 and the tent map, conjugate by x = sin²(πy/2); or the logistic map at 3.7 to 3.95."""
    steps, noise = int(choice(rng, 80, 160)), choice(rng, 1e-4, 1e-3, 1e-2)
    a, b = _logistic(rng, 4.0, steps), _logistic(rng, 4.0 if conjugate else rng.uniform(3.7, 3.95), steps)
    if conjugate:
        b = _tent(b)
    elif rng.random() < 0.5:
        a = _tent(a)
    a, b = (observed(rng, each, noise) for each in exchanged(rng, a, b))
    return Pair(a, b, "interval maps", "none" if conjugate else "parameter", 0.0, 1.0, noise, 0.001)


def gradient_flows(rng: Rng, conjugate: bool) -> Pair:
    """The gradient flow in u of a quadratic of x = eᵘ or u², seen as x and as u; or beside the gradient flow in x."""
    dimension, steps = int(choice(rng, 2, 4)), int(choice(rng, 60, 80, 160))
    noise, spread = choice(rng, 0, 1e-4, 1e-3, 1e-2), choice(rng, 0.001, 0.1, np.inf, np.inf)
    root = rng.normal(size=(dimension, dimension))
    hessian, least = root @ root.T / dimension + 0.3 * np.eye(dimension), rng.uniform(0.5, 1.5, size=dimension)
    form, step = str(rng.choice(["exp", "square"])), rng.uniform(0.03, 0.1)

    def flow(form: str) -> Array:
        starts = least * np.exp(0.7 * normal_starts(rng, dimension, np.inf))
        if np.isfinite(spread):
            starts = replicated(rng, starts[:, :1], spread)
        return _flow(form, hessian, least, starts, step, steps)

    a, b = flow(form), flow(form if conjugate else "itself")
    if conjugate:
        b = np.log(b) if form == "exp" else np.sqrt(b)
    a, b = (observed(rng, each, noise) for each in exchanged(rng, a, b))
    return Pair(a, b, "gradient flows", "none" if conjugate else "metric", 0.0, 1.0, noise, spread)


def _modes(rng: Rng, dimension: int, turning: bool) -> Modes:
    pairs = int(rng.integers(1 if turning else 0, dimension // 2 + 1))
    angles = np.concatenate([rng.uniform(0.05, 0.6, size=pairs), np.zeros(dimension - 2 * pairs)])
    return Modes(rng.uniform(0.85, 0.995, size=dimension - pairs), angles)


def _matrix(rng: Rng, modes: Modes) -> Array:
    turned = orthogonal(rng, modes.dimension)
    return turned @ rotation_blocks(modes.moduli, modes.angles) @ turned.T


def _embedded(rng: Rng, x: Array, dimension: int) -> Array:
    """In as many coordinates as the other system has."""
    return x if x.shape[-1] == dimension else x @ orthogonal(rng, dimension, x.shape[-1]).T


def _bent(rng: Rng, x: Array, strength: float) -> Array:
    factors = rng.normal(size=(x.shape[-1], x.shape[-1]))
    return x + strength * np.tanh(x @ (0.95 * factors / np.linalg.norm(factors, 2)).T)


def _descent(rng: Rng, hessian: Array, rate: float, momentum: float, noise: float, steps: int) -> Array:
    """Replicas of a seed see the same noise of the gradient, as they see the same batches of a training."""
    x = normal_starts(rng, len(hessian), 0.001)
    found, velocity = [x], np.zeros_like(x)
    while len(found) < steps:
        gradient = hessian * x + 5 * noise * np.sqrt(hessian) * rng.normal(size=(SEEDS, 1, len(hessian)))
        velocity = momentum * velocity - rate * gradient
        x = x + velocity
        found.append(x)
    return np.stack(found, axis=2) @ orthogonal(rng, len(hessian))


def _logistic(rng: Rng, parameter: float, steps: int) -> Array:
    found = np.empty((SEEDS, REPLICAS, steps, 1))
    found[:, :, 0] = replicated(rng, rng.uniform(0.05, 0.95, size=(SEEDS, 1, 1)), 0.001)
    for step in range(1, steps):
        found[:, :, step] = parameter * found[:, :, step - 1] * (1 - found[:, :, step - 1])
    return found


def _tent(x: Array) -> Array:
    """The tent map's orbit of the logistic map's: computed by itself it would end at 0 after 53 doublings."""
    return 2 / np.pi * np.arcsin(np.sqrt(np.clip(x, 0, 1)))


_FORMS: dict[str, tuple[Function, Function, Function]] = {
    "exp": (np.log, np.exp, np.exp),
    "square": (np.sqrt, np.square, lambda u: 2 * u),
    "itself": (np.array, np.array, np.ones_like),
}


def _flow(form: str, hessian: Array, least: Array, starts: Array, step: float, steps: int, parts: int = 10) -> Array:
    """x along the gradient flow in u of (x - least)ᵀ H (x - least) / 2, by Euler's method with `parts` parts a step."""
    inverse, function, derivative = _FORMS[form]
    u, found = inverse(starts), []
    for _ in range(steps):
        found.append(function(u))
        for _ in range(parts):
            u = u - step / parts * ((function(u) - least) @ hessian) * derivative(u)
    return np.stack(found, axis=2)
