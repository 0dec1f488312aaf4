"""Optimal transport of unequal weights, exactly.

POT is imported where the first transport is computed: that takes longer than many a table of distances, and verdicts
ask measures for no distance.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from traindyn.compare.spectrum import FloatArray


@cache
def _emd2() -> Callable[..., Any]:
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


def transport_cost(weights_x: FloatArray, weights_y: FloatArray, cost: FloatArray) -> float:
    """Least cost of moving weights (k,) onto weights (l,), each summing to 1, at ground cost (k, l).

    Exact: the network simplex of POT (Bonneel et al. 2011). Raises ArithmeticError where it fails.
    """
    value, log = _emd2()(weights_x, weights_y, cost, log=True, center_dual=False, check_marginals=False)
    if log["warning"] is not None:
        raise ArithmeticError(f"optimal transport did not converge: {log['warning']}")
    return max(float(value), 0.0)
