"""The two phases of a training: mean order falls, then rises; and when the gap between test and training loss opens."""

from __future__ import annotations

import numpy as np
import pandas as pd

OPEN = 0.1  # of the gap's range: above it, the gap has opened
COLUMNS = ("group", "seed", "boundary", "first_order", "least_order", "last_order", "fall", "rise", "gap_opens")


def phases(checkpoints: pd.DataFrame) -> pd.DataFrame:
    """A row per group and seed of the checkpoints' table (group, seed, step, mean_order, gap).

    Columns: boundary, the step with the least mean order of interactions; first_order, least_order, last_order, the
    mean order at the first checkpoint, there, and at the last; fall and rise, what lies between them: both are above 0
    where there are two phases; gap_opens, the first step from which on the gap of test and training loss stays above
    its least value by more than OPEN of its range (NaN where it is not open at the end).
    """
    rows = [(*key, *_row(own.sort_values("step"))) for key, own in checkpoints.groupby(["group", "seed"])]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(own: pd.DataFrame) -> tuple[float, ...]:
    known = own[np.isfinite(own["mean_order"])]
    opens = gap_opens(own["step"].to_numpy(), own["gap"].to_numpy())
    if known.empty:
        return (*(np.nan,) * 6, opens)
    order, steps = known["mean_order"].to_numpy(), known["step"].to_numpy()
    least = int(order.argmin())
    first, low, last = order[0], order[least], order[-1]
    return float(steps[least]), first, low, last, first - low, last - low, opens


def gap_opens(steps: np.ndarray, gap: np.ndarray) -> float:
    """The first step from which on the gap stays open, as in `phases`; NaN where there is none."""
    known = np.isfinite(gap)
    if not known.any():
        return np.nan
    steps, gap = steps[known], gap[known]
    shut = np.flatnonzero(gap <= gap.min() + OPEN * np.ptp(gap))
    return float(steps[shut[-1] + 1]) if shut[-1] + 1 < len(steps) else np.nan
