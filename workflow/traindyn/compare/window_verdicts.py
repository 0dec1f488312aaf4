"""Statistics -> verdicts, one for each measure and pair of windows: when do the dynamics of training change?

Redman et al., "Identifying Equivalent Training Dynamics", section 4.3, compares the spectra of successive windows
of training, within an architecture and across two.
"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from traindyn.compare.spectrum import Spectrum
from traindyn.compare.statistics import Plan
from traindyn.compare.verdict import COLUMNS as OF_GROUPS
from traindyn.compare.verdict import verdicts

Window = tuple[str, int]  # group, first step

NAMES = ("measure", "group_a", "group_b")
BOUNDS = tuple(f"window_{end}_{side}" for side in "ab" for end in ("start", "stop"))
COLUMNS = {
    **{name: OF_GROUPS[name] for name in NAMES},
    **dict.fromkeys(BOUNDS, "int64"),
    **{name: kind for name, kind in OF_GROUPS.items() if name not in NAMES},
}


def window_verdicts(
    distances: pd.DataFrame,
    resampled_distances: pd.DataFrame,
    spectra: Sequence[Spectrum],
    plan: Plan,
    seed: int,
    measures: Sequence[str] | None = None,
    workers: int = 1,
) -> pd.DataFrame:
    """One row per measure and pair of windows, of one group or of two; no rows where no group has two windows.

    Arguments and statistics as in `verdicts`, each window in the place of a group: its units are the seeds (or the
    parts of a single seed's replicas). q_value: Benjamini–Hochberg over all pairs of windows of the experiment, for
    each measure apart. Within a row a stands before b: by the group's place in `spectra`, then by first step. A
    group of which every seed diverged has no window, hence no row; `verdicts` names it.

    Two windows of one group come from the same seeds, of which the tests make no use: what lasts of a seed makes its
    own two windows alike, so the ratio of windows of one group is rather too small, and its test conservative.
    """
    stops = _windows(spectra)
    if len(stops) == len({group for group, _ in stops}):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    names = {(group, start): f"{group} [{start}, {stop})" for (group, start), stop in stops.items()}
    renamed = [replace(each, group=names[each.group, each.window_start], window_start=0) for each in spectra]
    order = {name: place for place, name in enumerate(names.values())}
    found = verdicts(
        _renamed(distances, names),
        _renamed(resampled_distances, names),
        sorted(renamed, key=lambda each: (order[each.group], each.seed)),
        plan,
        seed,
        measures=measures,
        workers=workers,
    )
    return _with_bounds(found, {name: (*window, stops[window]) for window, name in names.items()})


def _windows(spectra: Sequence[Spectrum]) -> dict[Window, int]:
    """Every window and its stop: groups as first met, windows by their first step."""
    groups = {group: place for place, group in enumerate(dict.fromkeys(each.group for each in spectra))}
    stops = {(each.group, each.window_start): each.window_stop for each in spectra}
    return {window: stops[window] for window in sorted(stops, key=lambda window: (groups[window[0]], window[1]))}


def _renamed(distances: pd.DataFrame, names: dict[Window, str]) -> pd.DataFrame:
    """The table with each window as a group of its own, of one window."""
    named = pd.Series(names, dtype="str")
    sides = {
        f"group_{side}": named.loc[
            pd.MultiIndex.from_frame(distances[[f"group_{side}", f"window_start_{side}"]])
        ].to_numpy()
        for side in "ab"
    }
    return distances.assign(**sides, window_start_a=0, window_start_b=0)


def _with_bounds(table: pd.DataFrame, windows: dict[str, tuple[str, int, int]]) -> pd.DataFrame:
    """The table with group and bounds of each window in place of its name."""
    parts = {}
    for side in "ab":
        for place, column in enumerate((f"group_{side}", f"window_start_{side}", f"window_stop_{side}")):
            parts[column] = [windows[name][place] for name in table[f"group_{side}"]]
    return table.assign(**parts)[list(COLUMNS)].astype(COLUMNS)
