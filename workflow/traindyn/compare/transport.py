"""Costs and optimal assignments between finite point sets of the complex plane, exactly."""

import numpy as np

from traindyn.compare.spectrum import ComplexArray, FloatArray, IntArray


def ground_costs(x: ComplexArray, y: ComplexArray) -> FloatArray:
    """|x_i - y_j|: (..., k), (..., l) -> (..., k, l)."""
    return np.abs(x[..., :, None] - y[..., None, :])


def optimal_matching(costs: FloatArray) -> IntArray:
    """Columns matched to the rows of n square cost matrices at least total cost: (n, k, k) -> (n, k)."""
    from scipy.optimize import linear_sum_assignment  # half a second, when it is needed

    columns = [linear_sum_assignment(cost)[1] for cost in costs]
    return np.array(columns, dtype=np.int64).reshape(costs.shape[:2])


def assignment_costs(costs: FloatArray) -> FloatArray:
    """Mean cost of the optimal assignment for each of n square cost matrices: (n, k, k) -> (n,)."""
    columns = optimal_matching(costs)
    return np.take_along_axis(costs, columns[:, :, None], axis=2)[:, :, 0].mean(axis=1)
