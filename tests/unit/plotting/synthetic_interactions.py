"""Tables of the companion system `interactions`: two groups whose mean order falls and rises."""

import itertools

import numpy as np
import pandas as pd

from traindyn.plotting.interactions_tables import COLUMNS, InteractionsTables
from traindyn.plotting.tables import check_columns


def interactions_tables(groups=("mlp", "LeNet-5"), seeds=3, steps=(0, 10, 100, 1000), n=6) -> InteractionsTables:
    """Shares of order k fall off geometrically, slowest at the first and at the last step."""
    rows = {name: [] for name in COLUMNS}
    for (g, group), seed in itertools.product(enumerate(groups), range(seeds)):
        for place, step in enumerate(steps):
            share = (0.9, 0.2, 0.4, 0.6)[place % 4] ** np.arange(1, n + 1)
            share = share / share.sum()
            mean = float(share @ np.arange(1, n + 1)) + 0.05 * seed + 0.1 * g
            for kind, k in itertools.product(("and", "or"), range(1, n + 1)):
                rows["strengths"].append((group, kind, seed, step, k, share[k - 1], 0.5 * share[k - 1], 3.0))
            for k in range(1, n + 1):
                rows["theory"].append((group, seed, step, k, share[k - 1], 1 / n))
            scores = (1.0, 1.0 + 0.1 * place, 0.1 * place, 0.5, 0.4)
            rows["checkpoints"].append((group, seed, step, *scores, mean, 5.0, 10.0**-place, 0.9))
        rows["phases"].append((group, seed, steps[1], 3.0, 1.2, 2.0, 1.8, 0.8, steps[2]))
    tables = {
        name: check_columns(name, COLUMNS[name], pd.DataFrame(found, columns=list(COLUMNS[name])), "synthetic")
        for name, found in rows.items()
    }
    return InteractionsTables("made", **tables)
