"""Tables of a companion system: exponents that part two kinds of ends, angles, predictions, rates."""

import itertools

import numpy as np
import pandas as pd

from traindyn.plotting.stability_tables import COLUMNS, StabilityTables
from traindyn.plotting.tables import COLUMNS as EXPERIMENT_COLUMNS
from traindyn.plotting.tables import check_columns


def stability_tables(groups=("tanh", "sigmoid"), seeds=10, steps=range(20, 201, 20), m=4) -> StabilityTables:
    """Seeds with an odd number end badly, and have larger exponents."""
    generator = np.random.default_rng(0)
    exponents, angles, predictions, rates = [], [], [], []
    for (g, group), seed in itertools.product(enumerate(groups), range(seeds)):
        bad = seed % 2
        for step, i in itertools.product(steps, range(1, m + 1)):
            value = 0.02 * bad - 0.05 * (i - 1) - 0.01 * g + 0.002 * generator.normal()
            exponents.append((group, seed, 0, step, i, value, value, 0.5 - 0.001 * step, 0.25 if bad else 1e-6))
        for step, cut in itertools.product(steps, range(1, m)):
            angles.append((group, seed, 0, step, cut, 0.8, 0.5, 0.05 if cut == 2 else 0.01))
        for source, rank in itertools.product(("Lyapunov", "Koopman"), range(1, m + 1)):
            rates.append((group, source, seed, 0, 201, rank, -0.05 * rank))
    for group, step, predictor in itertools.product(groups, steps, ("loss", "exponent 1", "mean exponent")):
        predictions.append((group, predictor, step, seeds, *(0.3, 0.1, 0.5), *(0.7, 0.6, 0.8), *(0.0, -0.1, 0.1)))
    rows = {"exponents": exponents, "angles": angles, "predictions": predictions, "rates": rates, "diverged": []}
    tables = {
        name: check_columns(name, COLUMNS[name], pd.DataFrame(found, columns=list(COLUMNS[name])), "synthetic")
        for name, found in rows.items()
    }
    return StabilityTables("made", **tables)


def without(tables: StabilityTables, *names: str) -> StabilityTables:
    """The same with some tables empty."""
    empty = {name: getattr(tables, name).iloc[:0] for name in names}
    kept = {name: getattr(tables, name) for name in [*COLUMNS] if name not in names}
    return StabilityTables(tables.experiment, **kept, **empty)


def one_diverged(tables: StabilityTables) -> StabilityTables:
    """A training that is NaN from step 100 on, with an infinite final loss."""
    exponents = tables.exponents.copy()
    own = (exponents["seed"] == 1) & (exponents["group"] == "tanh")
    exponents.loc[own & (exponents["step"] >= 100), ["exponent", "local", "loss"]] = np.nan
    exponents.loc[own, "final_loss"] = np.inf
    diverged = pd.DataFrame([("made", "a", "o", "tanh", 1, 0, 95)], columns=list(EXPERIMENT_COLUMNS["diverged"]))
    return StabilityTables(tables.experiment, exponents, tables.angles, tables.predictions, tables.rates, diverged)
