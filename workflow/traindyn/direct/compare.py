"""Recordings → verdicts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from traindyn.compare import distances, read_spectra, transitions, verdicts, window_verdicts
from traindyn.config import ComparisonPlan, KoopmanPlan
from traindyn.direct.fits import EXPERIMENT, Fitted, fit_seeds
from traindyn.direct.given import Recordable, seeds_of
from traindyn.errors import InputError
from traindyn.koopman import spectra_table
from traindyn.plotting import Tables
from traindyn.recording import open_recording
from traindyn.recording.tables import concatenated, diverged, example_trajectories, learning_curves

FEW = 2  # units of a group that a test needs


@dataclass(frozen=True)
class Comparison:
    """tables: as the workflow writes them; plans: label → how its recordings were fitted."""

    tables: Tables
    plans: Mapping[str, KoopmanPlan]

    @property
    def verdicts(self) -> pd.DataFrame:
        """A row for each measure and pair of groups."""
        return self.tables.verdicts

    @property
    def notes(self) -> list[str]:
        """What a reader of the verdicts must know: what stood in for seeds, where no test was possible, divergences."""
        return list(_notes(self.tables, self.plans))


def compare_recordings(
    recordings: Mapping[str, Recordable | Sequence[Recordable]],
    *,
    delays: int | None = None,
    modes: int | None = None,
    centre: bool = False,
    comparison: ComparisonPlan | None = None,
    log: Callable[[str], None] = lambda line: None,
) -> Comparison:
    """Are these recordings of equivalent dynamics? Spectra, distances, tests and verdicts of every pair of groups.

    Args:
        recordings: label → one recording or several: one for each seed. Files or folders as a sheet may name them, or
            arrays (step, weight) or (replica, step, weight).
        delays, modes: of every fit; None: by the rule in `koopman.defaults`.
        centre: subtract the mean over replicas and steps from every snapshot.
        comparison: measures and what makes a verdict; None: the defaults of the configuration.
        log: called with one line for each fit.

    Raises:
        InputError: fewer than two groups, or what cannot be read or fitted, with its file.
    """
    if len(recordings) < 2:
        raise InputError("recordings: at least two groups are needed, to be compared")
    groups = seeds_of(recordings)
    plan = ComparisonPlan() if comparison is None else comparison
    with tempfile.TemporaryDirectory(prefix="traindyn-") as folder:
        fitted = fit_seeds(groups, Path(folder), log, delays=delays, modes=modes, centre=centre)
        return Comparison(_tables(fitted, list(groups), plan), fitted.plans)


def _tables(fitted: Fitted, labels: Sequence[str], plan: ComparisonPlan) -> Tables:
    spectra, parts = read_spectra(fitted.fits), read_spectra(fitted.fits, resampled=True)
    given = (distances(spectra, plan.measures), distances(parts, plan.measures), spectra, plan, 0)
    of_windows = window_verdicts(*given, measures=plan.measures)
    curves, examples, divergences = _of_recordings(fitted.recordings)
    return Tables(
        experiment=EXPERIMENT,
        spectra=spectra_table(fitted.fits),
        distances=given[0],
        resampled_distances=given[1],
        verdicts=verdicts(*given, diverged_groups=labels, measures=plan.measures),
        window_verdicts=of_windows,
        transitions=transitions(of_windows),
        learning_curves=curves,
        trajectories=examples,
        diverged=divergences.assign(experiment=EXPERIMENT),
    )


def _of_recordings(paths: Sequence[Path]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Learning curves, example trajectories of one seed of each group, divergences."""
    examples: dict[str, pd.DataFrame] = {}
    with ExitStack() as files:
        opened = [files.enter_context(open_recording(path)) for path in paths]
        for recording in opened:
            group = recording.attributes["group"]
            if not len(examples.get(group, [])):
                examples[group] = example_trajectories(recording)
        tables = (map(learning_curves, opened), examples.values(), map(diverged, opened))
        curves, found, divergences = (concatenated(each) for each in tables)
    return curves, found, divergences


def _notes(tables: Tables, plans: Mapping[str, KoopmanPlan]) -> Iterator[str]:
    delays = ", ".join(f"{label} {plan.delays}" for label, plan in plans.items())
    yield f"Fitted with delays: {delays}; modes: {next(iter(plans.values())).modes}."
    pairs = tables.verdicts.drop_duplicates(["group_a", "group_b"])
    if (pairs["unit"] == "replicas").any():
        parts = next(iter(plans.values())).parts
        yield (
            f"Single runs have no seeds to resample: {parts} disjoint parts of the replicas of each stand in for them. "
            "They show how replicas scatter, not how independent runs would."
        )
    for _, pair in pairs.iterrows():
        few = [group for side, group in (("a", pair["group_a"]), ("b", pair["group_b"])) if pair[f"n_{side}"] < FEW]
        if few and pair["verdict"] != "diverged":
            yield (
                f"{pair['group_a']} and {pair['group_b']}: undecided, since no test is possible with a single run of "
                f"{' and of '.join(few)}; the distance stands alone. Give several seeds, or several replicas of each."
            )
    for _, row in tables.diverged.iterrows():
        yield f"{row['group']}, seed {row['seed']}, replica {row['replica']}: diverged at step {row['step']}."
