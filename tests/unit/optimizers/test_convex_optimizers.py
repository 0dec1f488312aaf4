"""Mirror descent and bisection against their formulas, written out in numpy."""

import itertools

import numpy as np
import pytest

from traindyn.config import TrainingJob
from traindyn.recording import open_recording
from traindyn.training import train

STEPS = 99


def trajectories(tmp_path, network: dict, optimization: dict, function: str = "tan", replicas: int = 25) -> np.ndarray:
    job = TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=0,
        seeds=[0],
        replicas=replicas,
        perturbation=0.0,
        task={"name": "convex", "function": function},
        network=network,
        optimization=optimization,
        training={"steps": STEPS, "dtype": "float64"},
        recording={"layers": ["x"], "dtype": "float64"},
    )
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        return recording.trajectories(0)


def iterate(step, start: np.ndarray) -> np.ndarray:
    points = [start]
    for _ in range(STEPS):
        points.append(step(points[-1]))
    return np.array(points)


def grid(start: float, stop: float) -> list[np.ndarray]:
    return [np.array(point) for point in itertools.product(np.linspace(start, stop, 5), repeat=2)]


GRADIENTS = {
    "tan": lambda x: 1 + np.tan(x) ** 2,
    "square": lambda x: 2 * x,
    "quartic": lambda x: 4 * x**3,
}


@pytest.mark.parametrize("function", GRADIENTS)
def test_log_barrier_mirror_descent(tmp_path, function):
    """∇R(x) = −1/x, so 1/x grows by lr·f'(x)."""
    found = trajectories(
        tmp_path,
        {"name": "point", "start": 0.1, "stop": 0.9},
        {"name": "mirror_descent", "mirror": "log_barrier", "lr": 0.01, "lower": 0.01, "upper": 1.0},
        function,
    )
    gradient = GRADIENTS[function]
    expected = [iterate(lambda x: np.clip(1 / (1 / x + 0.01 * gradient(x)), 0.01, 1), x) for x in grid(0.1, 0.9)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("function", GRADIENTS)
def test_projected_gradient_descent_in_log_coordinates(tmp_path, function):
    """d f(eᵘ)/du = f'(eᵘ) eᵘ; the grid's corner at u = −0.1 and the box's edge at 0 are both reached."""
    found = trajectories(
        tmp_path,
        {"name": "point", "coordinates": "log", "start": -2.3, "stop": -0.1},
        {"name": "mirror_descent", "lr": 0.01, "lower": float(np.log(0.01)), "upper": 0.0},
        function,
    )
    gradient = GRADIENTS[function]
    expected = [
        iterate(lambda u: np.clip(u - 0.01 * gradient(np.exp(u)) * np.exp(u), np.log(0.01), 0), u)
        for u in grid(-2.3, -0.1)
    ]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_entropy_mirror_descent_is_exponentiated_gradient(tmp_path):
    found = trajectories(
        tmp_path,
        {"name": "point", "start": 0.1, "stop": 0.9},
        {"name": "mirror_descent", "mirror": "entropy", "lr": 0.01, "lower": 0.01, "upper": 1.0},
        "square",
    )
    expected = [iterate(lambda x: np.clip(x * np.exp(-0.01 * 2 * x), 0.01, 1), x) for x in grid(0.1, 0.9)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def bisect(lower: np.ndarray, upper: np.ndarray, at_root: str) -> np.ndarray:
    middle = (lower + upper) / 2
    points = [middle]
    for _ in range(STEPS):
        value = np.tan(middle).sum()
        if value == 0:
            middle = np.zeros(2) if at_root == "zero" else middle
        elif value < 0:
            lower = middle
            middle = (lower + upper) / 2
        else:
            upper = middle
            middle = (lower + upper) / 2
        points.append(middle)
    return np.array(points)


@pytest.mark.parametrize("at_root", ["hold", "zero"])
def test_bisection(tmp_path, at_root):
    """Where f meets exactly 0 hangs on the last bit of tan, so only the steps before any exact root are compared."""
    found = trajectories(
        tmp_path,
        {"name": "segment", "lower": [-4 / 3, -1 / 3], "upper": [1 / 7, 8 / 7]},
        {"name": "bisection", "at_root": at_root},
    )
    expected = np.array([bisect(a, b, at_root) for a, b in zip(grid(-4 / 3, -1 / 3), grid(1 / 7, 8 / 7), strict=True)])
    np.testing.assert_allclose(found[:, :45], expected[:, :45], rtol=0, atol=1e-13)
    # At the end, starts on the diagonal are at 0; the others at their root, or at zero after it.
    off_diagonal = abs(expected[:, 20] - expected[:, 20].mean(axis=1, keepdims=True)).max(axis=1) > 1e-6
    assert off_diagonal.sum() == 20
    rests = abs(found[off_diagonal, -1]).max(axis=1)
    assert (rests == 0).all() if at_root == "zero" else (rests > 0.01).all()


def test_the_recorded_loss_is_the_distance_from_the_root(tmp_path):
    points = trajectories(
        tmp_path,
        {"name": "segment", "lower": [-4 / 3, -1 / 3], "upper": [1 / 7, 8 / 7]},
        {"name": "bisection"},
    )
    with open_recording(tmp_path / "r.h5") as recording:
        np.testing.assert_allclose(recording.scalars("train_loss")[0], abs(np.tan(points).sum(-1)), rtol=0, atol=1e-14)
