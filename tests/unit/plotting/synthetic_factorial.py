"""Tables of a factorial whose spectra are points in the plane: every distance is known."""

from itertools import combinations, product

import numpy as np
import pandas as pd
from synthetic_tables import MEASURES, no_rows, spectrum_rows

from traindyn.plotting.tables import COLUMNS, Tables

ARCHITECTURES = ("narrow", "wide", "deep")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw")
Lost = tuple[tuple[str, int, int], ...]  # group, seed, step


def places(
    architectures: tuple[str, ...], optimizers: tuple[str, ...], seeds: int
) -> dict[tuple[str, int], np.ndarray]:
    """(group, seed) → point in the plane: optimizers far apart, architectures less, seeds close together."""
    rng = np.random.default_rng(5)
    found = {}
    for (i, architecture), (j, optimizer) in product(enumerate(architectures), enumerate(optimizers)):
        centre = np.array([0.05 * j, 0.012 * i + 0.004 * j])
        for seed in range(seeds):
            found[f"{architecture}/{optimizer}", seed] = centre + 0.004 * rng.standard_normal(2)
    return found


def factorial_tables(
    architectures: tuple[str, ...] = ARCHITECTURES,
    optimizers: tuple[str, ...] = OPTIMIZERS,
    seeds: int = 4,
    diverged: Lost = (),
    experiment: str = "factorial",
) -> Tables:
    """Every architecture with every optimizer; ``diverged`` names trainings without a spectrum."""
    every = places(architectures, optimizers, seeds)
    lost = {(group, seed) for group, seed, _ in diverged}
    kept = {run: point for run, point in every.items() if run not in lost}
    rng = np.random.default_rng(6)
    spectra = [_named(spectrum_rows(experiment, g, s, 1 - 0.1 * rng.random(5)), g) for g, s in kept]
    met = [_named(pd.DataFrame([{"experiment": experiment, "group": g, "seed": s, "replica": r, "step": t}]), g)
           for g, s, t in diverged for r in range(2)]  # fmt: skip
    return Tables(
        experiment,
        pd.concat(spectra, ignore_index=True) if spectra else no_rows("spectra"),
        _distances(kept),
        no_rows("resampled_distances"),
        _verdicts([f"{a}/{o}" for a, o in product(architectures, optimizers)], kept),
        no_rows("window_verdicts"),
        no_rows("transitions"),
        pd.concat([_named(_curve(g, s, (g, s) in lost), g) for g, s in every], ignore_index=True),
        no_rows("trajectories"),
        pd.concat(met, ignore_index=True)[list(COLUMNS["diverged"])] if met else no_rows("diverged"),
    )


def _named(table: pd.DataFrame, group: str) -> pd.DataFrame:
    architecture, optimizer = group.split("/")
    return table.assign(architecture=architecture, optimizer=optimizer)


def _distances(points: dict[tuple[str, int], np.ndarray]) -> pd.DataFrame:
    rows = [
        (measure, *a, 0, *b, 0, (1 + place) * float(np.linalg.norm(points[a] - points[b])))
        for place, measure in enumerate(MEASURES)
        for a, b in combinations(points, 2)
    ]
    columns = ["measure", "group_a", "seed_a", "window_start_a", "group_b", "seed_b", "window_start_b", "distance"]
    return pd.DataFrame(rows, columns=columns) if rows else no_rows("distances")


def _verdicts(groups: list[str], kept: dict[tuple[str, int], np.ndarray]) -> pd.DataFrame:
    """q falls with the place of the pair; every verdict occurs."""
    names = ("non-conjugate", "undecided", "equivalent")
    rows = []
    for (place, measure), (k, (a, b)) in product(enumerate(MEASURES), enumerate(combinations(groups, 2))):
        n_a, n_b = (sum(group == each for each, _ in kept) for group in (a, b))
        gone = min(n_a, n_b) == 0
        q = np.nan if gone else (0.0004, 0.0123, 0.48)[(k + place) % 3]
        verdict = "diverged" if gone else names[(k + place) % 3]
        numbers = [np.nan if gone else value for value in (0.02, 0.004, 0.02, 0.01, 0.01, 2.0, 1.5, 2.5)]
        rows.append((measure, a, b, n_a, n_b, *numbers, q, q, np.nan if gone else 0.2, verdict, "seeds"))
    return pd.DataFrame(rows, columns=list(COLUMNS["verdicts"])) if rows else no_rows("verdicts")


def _curve(group: str, seed: int, lost: bool) -> pd.DataFrame:
    steps = np.arange(0, 200, 5)
    loss = 0.2 + 2.1 * np.exp(-steps / (40 + len(group))) * (1 + 0.02 * seed)
    values = np.full(len(steps), np.nan) if lost else loss
    return pd.DataFrame(
        {
            "group": group,
            "seed": seed,
            "step": steps,
            "train_loss": values,
            "test_loss": np.nan,
            "test_accuracy": np.nan,
            "train_accuracy": np.nan,
        }
    )
