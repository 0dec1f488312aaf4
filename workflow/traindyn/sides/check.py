"""Has an experiment everything that the figure of all sides shows? Asked before any job starts."""

from __future__ import annotations

from collections.abc import Sequence

from traindyn.config import Experiment
from traindyn.config.sides import SidesPlan
from traindyn.errors import InputError

NEEDED = ("stability", "interactions", "criticality")


def check(plan: SidesPlan, experiment: Experiment, groups: Sequence[str]) -> None:
    """Raise InputError, in one line, where a companion system is missing, or does not study one of these groups."""
    companions = experiment.companions()
    for system in NEEDED:
        if system not in companions:
            raise InputError(f"needs {', '.join(NEEDED)} in the same experiment; {system} is missing")
        studied = companions[system].groups
        for label in groups:
            if studied is not None and label not in studied:
                raise InputError(f"group {label}: {system} does not study it, its groups are {', '.join(studied)}")
