"""Classical multidimensional scaling: given distances as points of the plane."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PlaneMap:
    """Points (n, 2), each axis's share of the variance (the sum of positive eigenvalues), and the fidelity.

    fidelity: correlation between the distances in the plane and those given; NaN where either is constant.
    """

    points: np.ndarray
    shares: tuple[float, float]
    fidelity: float


def classical_mds(D: np.ndarray) -> PlaneMap:
    """The two leading coordinates of distances (n, n): eigenvectors of -½ J D² J (Torgerson 1952).

    Deterministic: an eigenvector's largest entry is made positive. Exact where D is the Euclidean distance
    of points in a plane.
    """
    n = len(D)
    points, shares = np.zeros((n, 2)), np.zeros(2)
    centring = np.eye(n) - 1 / max(n, 1)
    values, vectors = np.linalg.eigh(-centring @ (D**2) @ centring / 2)
    positive = np.clip(values, 0, None)
    for axis, k in enumerate(range(n - 1, max(n - 3, -1), -1)):
        points[:, axis] = np.sqrt(positive[k]) * _oriented(vectors[:, k])
        shares[axis] = positive[k] / positive.sum() if positive.any() else 0.0
    return PlaneMap(points, (float(shares[0]), float(shares[1])), _fidelity(D, points))


def _oriented(vector: np.ndarray) -> np.ndarray:
    # Entries of equal size up to rounding must not decide: the first of them does.
    largest = np.argmax(np.abs(vector) > (1 - 1e-6) * np.abs(vector).max())
    return vector * np.sign(vector[largest]) if vector[largest] else vector


def _fidelity(D: np.ndarray, points: np.ndarray) -> float:
    above = np.triu_indices(len(D), 1)
    given = D[above]
    drawn = np.linalg.norm(points[above[0]] - points[above[1]], axis=1)
    if len(given) < 2 or np.ptp(given) == 0 or np.ptp(drawn) == 0:
        return float("nan")
    return float(np.corrcoef(given, drawn)[0, 1])
