"""Recordings -> the verdicts under every setting of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pandas as pd

from traindyn.compare import Spectrum, distances, verdicts
from traindyn.compare.parallel import parallel_map
from traindyn.config import ComparisonPlan, KoopmanPlan, SensitivityPlan
from traindyn.koopman import fit_plans
from traindyn.koopman.runs import Plan
from traindyn.recording import labels, open_recording

Log = Callable[[str], None]
Spectra = list[Spectrum]


def sweep(
    recordings: Sequence[str | Path],
    koopman: Mapping[str, KoopmanPlan],
    plan: SensitivityPlan,
    comparison: ComparisonPlan,
    seed: int,
    log: Log,
    workers: int = 1,
) -> pd.DataFrame:
    """One row per setting, measure and pair of groups: the setting, and the row of `compare.verdicts` under it.

    Args:
        recordings: of all groups, in the order of the groups.
        koopman: group → its configured Koopman plan.
        plan: what is tried.
        comparison: level, margin and samples of the verdicts.
        seed: root of the random streams; they have the names of the configured verdicts, so that settings differ in
            their fits only.
        log: called with a line per recording, and per setting.
        workers: processes that share the work; no number depends on them.

    The first columns say the setting: `delays`, `delays_times_weights`, `modes`, `components` (empty where it has no
    such number), `window`, and whether it is the `configured` one. q-values are adjusted within a setting.

    Raises:
        InputError: a recording that cannot be read, or a setting that does not go with it.
    """
    settings = {label: plan.settings(each) for label, each in koopman.items()}
    found: list[list[tuple[Spectra, Spectra]]] = []
    for start in range(0, len(recordings), 4 * workers):  # some at a time, so that the log goes on
        part = recordings[start : start + 4 * workers]
        found += parallel_map(lambda path: _fitted(path, settings, seed), part, workers)
        log(f"{len(found)} of {len(recordings)} recordings fitted")
    shown = next(iter(settings.values()))
    measures = plan.measures_of(comparison)

    def judged(number: int) -> pd.DataFrame:
        whole, parts = ([each for one in found for each in one[number][kind]] for kind in (0, 1))
        tables = distances(whole, measures), distances(parts, measures)
        rows = verdicts(*tables, whole, comparison, seed, diverged_groups=koopman, measures=measures)
        values = {**shown[number].shown, "configured": shown[number].configured}
        return pd.concat([pd.DataFrame([values] * len(rows), columns=list(values)), rows], axis=1)

    tables = parallel_map(judged, range(len(shown)), workers)
    log(f"{len(shown)} settings judged")
    integers = dict.fromkeys(("delays", "delays_times_weights", "modes", "components"), "Int64")
    return pd.concat(tables, ignore_index=True).astype(integers)


def _fitted(path: str | Path, settings: Mapping[str, Sequence], seed: int) -> list[tuple[Spectra, Spectra]]:
    """Of one recording, by setting: the spectra of whole seeds, and of parts of a single seed's replicas."""
    with open_recording(path) as recording:
        group = labels(recording)["group"]
        plans = [cast(Plan, setting.plan) for setting in settings[group]]
        rows = fit_plans(recording, plans, lambda line: None, seed)
    return [
        (
            [Spectrum.of(r.fit, group, r.seed, r.window.start, r.window.stop) for r in of_plan if r.resample < 0],
            [Spectrum.of(r.fit, group, r.resample, r.window.start, r.window.stop) for r in of_plan if r.resample >= 0],
        )
        for of_plan in rows
    ]
