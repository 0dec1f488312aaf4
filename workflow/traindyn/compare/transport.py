"""Optimal transport between finite point sets of the complex plane, exactly."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from traindyn.compare.spectrum import ComplexArray, FloatArray, IntArray


def _import_emd2() -> Callable[..., Any]:
    """POT's exact solver. POT would import torch for its backends, which this room does without."""
    switch = "POT_BACKEND_DISABLE_PYTORCH"
    before = os.environ.get(switch)
    os.environ[switch] = "1"
    try:
        from ot import emd2
    finally:
        if before is None:
            del os.environ[switch]
        else:
            os.environ[switch] = before
    return emd2


_emd2 = _import_emd2()


def ground_costs(x: ComplexArray, y: ComplexArray) -> FloatArray:
    """|x_i - y_j|: (..., k), (..., l) -> (..., k, l)."""
    return np.abs(x[..., :, None] - y[..., None, :])


def optimal_matching(costs: FloatArray) -> IntArray:
    """Columns matched to the rows of n square cost matrices at least total cost: (n, k, k) -> (n, k)."""
    columns = [linear_sum_assignment(cost)[1] for cost in costs]
    return np.array(columns, dtype=np.int64).reshape(costs.shape[:2])


def assignment_costs(costs: FloatArray) -> FloatArray:
    """Mean cost of the optimal assignment for each of n square cost matrices: (n, k, k) -> (n,)."""
    columns = optimal_matching(costs)
    return np.take_along_axis(costs, columns[:, :, None], axis=2)[:, :, 0].mean(axis=1)


def transport_cost(weights_x: FloatArray, weights_y: FloatArray, cost: FloatArray) -> float:
    """Least cost of moving weights (k,) onto weights (l,), each summing to 1, at ground cost (k, l).

    Exact: the network simplex of POT (Bonneel et al. 2011). Raises ArithmeticError where it fails.
    """
    value, log = _emd2(weights_x, weights_y, cost, log=True, center_dual=False, check_marginals=False)
    if log["warning"] is not None:
        raise ArithmeticError(f"optimal transport did not converge: {log['warning']}")
    return max(float(value), 0.0)
