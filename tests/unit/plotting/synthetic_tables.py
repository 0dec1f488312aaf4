"""Tables with the columns that the comparison writes, filled with numbers like those of the paper."""

from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd

from traindyn.plotting.tables import COLUMNS, Tables, check_table

# Published eigenvalues of f = Σ tan x (Redman et al. 2024, figure 2).
OMD = (0.9979, 0.9964, 0.9838, 0.9799, 0.9320, 0.9246, 0.8012, 0.7925, 0.5651, 0.5581)
OGD = (1.0005, 0.9986, 0.9937, 0.9867, 0.9488, 0.9348, 0.8176, 0.7999, 0.5710, 0.5555)
BISECTION = (0.9802, 0.1792 + 0.4664j, 0.1792 - 0.4664j, 0.4398, -0.2070 + 0.2319j, -0.2070 - 0.2319j) + (1e-4,) * 4
MEASURES = ("wasserstein", "weighted_wasserstein", "cross_residual")


def spectrum_rows(experiment: str, group: str, seed: int, values: np.ndarray, start: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "experiment": experiment,
            "architecture": "net",
            "optimizer": "sgd",
            "group": group,
            "seed": seed,
            "window_start": start,
            "window_stop": start + 100,
            "mode": np.arange(len(values)),
            "real": np.real(values),
            "imag": np.imag(values),
            "residual": 1e-3,
            "energy": 1 / len(values),
        }
    )


def distance_rows(groups: list[str], seeds: int, scale: dict[tuple[str, str], float], own: float) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    runs = list(product(groups, range(seeds)))
    rows = []
    for measure, ((a, i), (b, j)) in product(MEASURES, combinations(runs, 2)):
        mean = own if a == b else scale[a, b]
        value = mean * rng.lognormal(0, 0.25)
        rows.append((measure, a, i, 0, b, j, 0, value))
    return check_table("distances", pd.DataFrame(rows, columns=list(COLUMNS["distances"])), "synthetic")


def verdict_rows(groups: list[str], n: int, unit: str, scale: dict[tuple[str, str], float], own: float) -> pd.DataFrame:
    rows = []
    for measure, (a, b) in product(MEASURES, combinations(groups, 2)):
        ratio = scale[a, b] / own
        sd = 0.25 * scale[a, b] if unit == "seeds" else np.nan
        verdict = "non-conjugate" if ratio > 1.5 else "equivalent" if ratio < 1.1 else "undecided"
        q = {"non-conjugate": 0.0004, "equivalent": 0.61, "undecided": 0.043}[verdict]
        means = (scale[a, b], sd, scale[a, b], own, own)
        rows.append((measure, a, b, n, n, *means, ratio, 0.8 * ratio, 1.2 * ratio, q, q, 0.2, verdict, unit))
    return pd.DataFrame(rows, columns=list(COLUMNS["verdicts"]))


def no_rows(name: str) -> pd.DataFrame:
    types = {"text": object, "number": float, "true or false": bool}
    kinds = {column: types[kind] for column, kind in COLUMNS[name].items()}
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in kinds.items()})


def optimizer_tables(bisection: bool = True, experiment: str = "optimizers-tan") -> Tables:
    """One seed per group, 25 starts as replicas; distances resampled over five parts."""
    published = {"OMD": OMD, "OGD": OGD} | ({"bisection": BISECTION} if bisection else {})
    groups = list(published)
    paper = {("OMD", "OGD"): 0.008073, ("OGD", "bisection"): 0.753449, ("OMD", "bisection"): 0.746023}
    spectra = pd.concat([spectrum_rows(experiment, group, 0, np.array(v)) for group, v in published.items()])
    single = distance_rows(groups, 1, paper, 0.0078)
    for pair, value in paper.items():
        single.loc[(single.group_a == pair[0]) & (single.group_b == pair[1]), "distance"] = value
    starts = [_start(group, replica) for group in groups for replica in range(5)]
    steps = np.arange(101)
    rates = {"OMD": 0.04, "OGD": 0.038, "bisection": 0.2}
    curves = [_curve(group, 0, steps, 1.9 * np.exp(-rates[group] * steps) + 0.02) for group in groups]
    return Tables(
        experiment,
        spectra.sample(frac=1, random_state=0).reset_index(drop=True),
        single,
        distance_rows(groups, 5, paper, 0.0078),
        verdict_rows(groups, 5, "replicas", paper, 0.0078),
        no_rows("window_verdicts"),
        no_rows("transitions"),
        pd.concat(curves, ignore_index=True),
        pd.concat(starts, ignore_index=True),
        no_rows("diverged"),
    )


def _start(group: str, replica: int) -> pd.DataFrame:
    steps = np.arange(101)
    start = 0.15 + 0.17 * np.array([replica, (2 * replica) % 5])
    rate = {"OMD": 0.035, "OGD": 0.03, "bisection": 0.4}[group]
    paths = [0.01 + start[w] * np.exp(-rate * steps * (1 + 0.5 * start[w])) for w in range(2)]
    if group == "bisection":
        paths = [path * np.cos(0.9 * steps * (w + 1)) for w, path in enumerate(paths)]
    rows = [_path(group, 0, replica, steps, f"x[{w}]", path) for w, path in enumerate(paths)]
    return pd.concat(rows)


def _path(group: str, seed: int, replica: int, steps: np.ndarray, weight: str, values: np.ndarray) -> pd.DataFrame:
    run = {"group": group, "architecture": "net", "optimizer": "sgd", "seed": seed, "replica": replica}
    return pd.DataFrame({**run, "step": steps, "weight": weight, "value": values})


def _curve(
    group: str, seed: int, steps: np.ndarray, loss: np.ndarray, accuracy: np.ndarray | float = np.nan
) -> pd.DataFrame:
    run = {"group": group, "architecture": "net", "optimizer": "sgd", "seed": seed}
    scores = {"train_loss": loss, "test_loss": np.nan, "test_accuracy": accuracy, "train_accuracy": np.nan}
    return pd.DataFrame({**run, "step": steps, **scores})


def width_tables(
    groups: tuple[str, ...] = ("width 5", "width 10", "width 40"),
    seeds: int = 25,
    accuracy: bool = True,
    diverged: tuple[tuple[str, int, int], ...] = (),
    experiment: str = "width",
) -> Tables:
    """Several seeds per group; ``diverged`` names group, seed and step of trainings without a spectrum."""
    rng = np.random.default_rng(11)
    lost = {(group, seed) for group, seed, _ in diverged}
    near_one = 1 - np.array([0.0002, 0.004, 0.008, 0.012, 0.02, 0.03, 0.05, 0.09])
    spectra, curves, examples = [], [], []
    for place, group in enumerate(groups):
        for seed in range(seeds):
            steps = np.arange(0, 1000, 4)
            noise = 0.12 * np.random.default_rng(seed).standard_normal(len(steps))
            loss = 0.35 + 0.1 / (place + 1) + 1.9 * np.exp(-steps / (90 + 60 / (place + 1))) + 0.3 * np.abs(noise)
            score = np.where(steps % 100 == 0, 0.93 - 0.08 / (place + 1) - 0.8 * np.exp(-steps / 120), np.nan)
            curves.append(_curve(group, seed, steps, loss, score if accuracy else np.nan))
            if (group, seed) in lost:
                continue
            real = near_one - 0.004 * place + 0.004 * rng.standard_normal(8)
            pair = 0.97 - 0.01 * place + 0.006 * rng.standard_normal() + 1j * (0.03 + 0.01 * rng.random())
            spectra.append(spectrum_rows(experiment, group, seed, np.array([*real, pair, np.conj(pair)])))
        for weight, replica in product(range(4), range(2)):
            final = rng.normal(0, 0.5) * (1 - np.exp(-np.arange(0, 1000, 10) / 200))
            values = final + 0.02 * rng.standard_normal(100).cumsum() / 3
            examples.append(_path(group, 0, replica, np.arange(0, 1000, 10), f"output.weight[{weight}]", values))
    pairs = list(combinations(groups, 2))
    scale = {pair: 0.0046 + 0.0012 * (i % 3) * (i > 0) for i, pair in enumerate(pairs)}
    distances = distance_rows(list(groups), seeds, scale, 0.0043)
    for group, seed in lost:
        gone_a = (distances.group_a == group) & (distances.seed_a == seed)
        gone_b = (distances.group_b == group) & (distances.seed_b == seed)
        distances = distances[~(gone_a | gone_b)]
    run = {"architecture": "net", "optimizer": "sgd"}
    met = [{"experiment": experiment, **run, "group": g, "seed": s, "replica": 0, "step": t} for g, s, t in diverged]
    return Tables(
        experiment,
        pd.concat(spectra, ignore_index=True) if spectra else no_rows("spectra"),
        distances,
        no_rows("resampled_distances"),
        verdict_rows(list(groups), seeds, "seeds", scale, 0.0043) if pairs else no_rows("verdicts"),
        no_rows("window_verdicts"),
        no_rows("transitions"),
        pd.concat(curves, ignore_index=True),
        pd.concat(examples, ignore_index=True),
        pd.DataFrame(met) if met else no_rows("diverged"),
    )


def grokking_tables(
    steps: int = 99,
    seeds: int = 6,
    evaluated: bool = True,
    diverged: tuple[tuple[str, int, int], ...] = (),
    experiment: str = "grokking",
) -> Tables:
    """Two trainings, of which "unconstrained" memorises by step 140 and generalises late, at each seed's own time."""
    groups = ("norm-constrained", "unconstrained")
    made = width_tables(groups, seeds, accuracy=False, diverged=diverged, experiment=experiment)
    curves = []
    for group, seed in product(groups, range(seeds)):
        free = group == "unconstrained"
        step = np.arange(0, steps + 1, max(1, steps // 100))
        learned = _sigmoid((step - (100 if free else 180)) / 20)
        known = _sigmoid((step - (900 + 150 * seed if free else 220 + 10 * seed)) / (80 if free else 25))
        curve = _curve(group, seed, step, 3.8 * (1 - learned) + 1e-6, known if evaluated else np.nan)
        if evaluated:
            curve["train_accuracy"] = learned
            curve["test_loss"] = (3.8 + 6 * learned) * (1 - known) + 1e-5
        curves.append(curve)
    return replace(made, learning_curves=pd.concat(curves, ignore_index=True))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def write_tables(tables: Tables, folder: Path) -> dict[str, str]:
    """Write every table to ``folder``; returns the keyword arguments of ``read_tables``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in COLUMNS:
        table = getattr(tables, name)
        if name in ("verdicts", "window_verdicts", "transitions", "diverged"):
            table.to_csv(folder / f"{name}.csv", index=False)
            paths[name] = str(folder / f"{name}.csv")
        else:
            table.to_parquet(folder / f"{name}.parquet", index=False)
            paths[name] = str(folder / f"{name}.parquet")
    return paths
