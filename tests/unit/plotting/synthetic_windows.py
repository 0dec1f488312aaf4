"""Tables of groups with several windows: spectra are points on a line, so every distance is known."""

from dataclasses import replace
from itertools import combinations, pairwise, product

import numpy as np
import pandas as pd
from synthetic_tables import MEASURES, _curve, no_rows, spectrum_rows

from traindyn.plotting.tables import COLUMNS, Tables

Windows = dict[str, tuple[int, ...]]  # group → first steps
Jumps = dict[str, tuple[int, ...]]  # group → steps at which its spectra change
TWO: Windows = {"LeNet-5": (0, 50, 100, 150), "ResNet-20": (0, 50, 100, 150)}


def place(group: int, start: int, seed: int, jumps: tuple[int, ...]) -> float:
    """Groups far apart, what comes after a jump less, seeds close together."""
    scatter = 0.002 * np.sin(1 + 7 * seed + 3 * start + group)
    return 0.3 * group + 0.05 * sum(jump <= start for jump in jumps) + float(scatter)


def window_tables(
    windows: Windows = TWO,
    jumps: Jumps | None = None,
    seeds: int = 4,
    length: int = 50,
    lost: tuple[str, ...] = (),
    experiment: str = "early",
) -> Tables:
    """`lost` names groups of which every seed diverged; boundaries at jumps are transitions, by every measure."""
    jumps = {"ResNet-20": (100,)} if jumps is None else jumps
    kept = {group: starts for group, starts in windows.items() if group not in lost}
    numbers = {group: number for number, group in enumerate(windows)}
    units = [(group, start) for group, starts in kept.items() for start in starts]
    at = {
        (group, seed, start): place(numbers[group], start, seed, jumps.get(group, ()))
        for (group, start), seed in product(units, range(seeds))
    }
    rng = np.random.default_rng(1)
    spectra = [
        spectrum_rows(experiment, group, seed, _eigenvalues(rng, 0.1 * point), start).assign(window_stop=start + length)
        for (group, seed, start), point in at.items()
    ]
    ends = max(start for starts in windows.values() for start in starts) + length
    met = [
        {"experiment": experiment, "group": g, "seed": s, "replica": 0, "step": 7} for g in lost for s in range(seeds)
    ]
    return Tables(
        experiment,
        pd.concat(spectra, ignore_index=True) if spectra else no_rows("spectra"),
        _distances(at),
        no_rows("resampled_distances"),
        no_rows("verdicts"),
        _window_verdicts(units, jumps, seeds, length),
        _transitions(kept, jumps, seeds),
        pd.concat([_learning(g, s, ends) for g, s in product(windows, range(seeds))], ignore_index=True),
        no_rows("trajectories"),
        pd.DataFrame(met).assign(architecture="net", optimizer="sgd") if met else no_rows("diverged"),
    )


def with_replicas(tables: Tables, replicas: int) -> Tables:
    """The tables with example trajectories of so many replicas."""
    rows = [
        {"group": tables.groups[0], "seed": 0, "replica": r, "step": 0, "weight": "w", "value": 0.0}
        for r in range(replicas)
    ]
    return replace(tables, trajectories=pd.DataFrame(rows).assign(architecture="net", optimizer="sgd"))


def _eigenvalues(rng: np.random.Generator, shift: float) -> np.ndarray:
    real = 1 - np.array([0.0, 0.01, 0.02, 0.05]) - shift + 0.002 * rng.standard_normal(4)
    return np.array([*real, 0.97 - shift + 0.05j, 0.97 - shift - 0.05j])


def _distances(at: dict[tuple[str, int, int], float]) -> pd.DataFrame:
    rows = [
        (measure, *one, *other, (1 + number) * abs(at[one] - at[other]))
        for number, measure in enumerate(MEASURES)
        for one, other in combinations(at, 2)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["distances"])) if rows else no_rows("distances")


def _window_verdicts(units: list[tuple[str, int]], jumps: Jumps, seeds: int, length: int) -> pd.DataFrame:
    rows = []
    for measure, ((a, start_a), (b, start_b)) in product(MEASURES, combinations(units, 2)):
        same = a == b and not any(start_a < jump <= start_b for jump in jumps.get(a, ()))
        judged = (
            (1.0, 0.9, 1.2, 0.5, 0.6, 0.4, "equivalent")
            if same
            else (3.0, 2.0, 4.0, 0.001, 0.002, 0.1, "non-conjugate")
        )
        bounds = (start_a, start_a + length, start_b, start_b + length)
        rows.append((measure, a, b, *bounds, seeds, seeds, 0.1, 0.01, 0.1, 0.1, 0.1, *judged, "seeds"))
    return pd.DataFrame(rows, columns=list(COLUMNS["window_verdicts"])) if rows else no_rows("window_verdicts")


def _transitions(windows: Windows, jumps: Jumps, seeds: int) -> pd.DataFrame:
    rows = []
    for measure, (group, starts) in product(MEASURES, windows.items()):
        for number, (before, step) in enumerate(pairwise(starts)):
            change = any(before < jump <= step for jump in jumps.get(group, ()))
            settled = not any(before < jump for jump in jumps.get(group, ()))
            ratio = (3.0 if change else 1.0) * (1 + 0.05 * np.sin(number))
            interval = (0.7 * ratio, 1.4 * ratio) if seeds > 2 else (np.nan, np.nan)
            p = 0.001 if change else 0.4
            verdict = "non-conjugate" if change else "equivalent"
            rows.append(
                (measure, group, step, ratio if seeds > 1 else np.nan, *interval, p, p, verdict, change, settled)
            )
    return pd.DataFrame(rows, columns=list(COLUMNS["transitions"])) if rows else no_rows("transitions")


def _learning(group: str, seed: int, last: int) -> pd.DataFrame:
    steps = np.arange(last + 1)
    loss = 2.3 * np.exp(-steps / (0.2 * last)) * (1 + 0.05 * np.sin(steps + seed)) + 0.01
    scores = np.where(steps % 10 == 0, 0.9 - 0.8 * np.exp(-steps / (0.3 * last)), np.nan)
    return _curve(group, seed, steps, loss, scores)
