"""Tables of a companion system: changes with a known power law, and its prediction."""

import itertools

import numpy as np
import pandas as pd

from traindyn.plotting.criticality_tables import COLUMNS, CriticalityTables
from traindyn.plotting.tables import check_columns

NAN = float("nan")


def criticality_tables(groups=("tanh", "relu"), seeds=2, steps=(100, 400), lawless=("relu",)) -> CriticalityTables:
    """P(q) = 1/(q ln 1e4) on [1e-4, 1] for weights and directions; groups in `lawless` claim nothing."""
    equilibrium, exponents, densities, singular = [], [], [], []
    edges = np.geomspace(1e-4, 1, 21)
    for group, seed, step in itertools.product(groups, range(seeds), (0, *steps)):
        run = (group, seed, 0, step)
        equilibrium.append((*run, 0.5 / (1 + step), step >= 400, step in steps))
        if step not in steps:
            continue
        for kind, variable in (("weight", "w[0]"), ("weight", "b[0]"), ("direction", "1")):
            law = (-1.0, 0.02, 1e-4, 1.0, 4.0, 900, 0.5, 0.5, -1.01, 0.02)
            law = (NAN,) * len(law) if group in lawless else law
            exponents.append((*run, kind, variable, 1000, 900, 2.0 if variable == "w[0]" else 1.0, 0.0, *law))
            for low, high in itertools.pairwise(edges):
                p = 0.9 / np.sqrt(low * high) / np.log(1e4)
                densities.append((*run, kind, variable, low, high, 45, p, p))
        singular += [(*run, point, 500, rank, 10.0**-rank * (1 + point)) for point in (0, 1) for rank in range(1, 6)]
    rows = {
        "equilibrium": equilibrium,
        "exponents": exponents,
        "densities": densities,
        "singular_values": singular,
        "diverged": [],
    }
    tables = {
        name: check_columns(name, COLUMNS[name], pd.DataFrame(found, columns=list(COLUMNS[name])), "synthetic")
        for name, found in rows.items()
    }
    return CriticalityTables("made", **tables)
