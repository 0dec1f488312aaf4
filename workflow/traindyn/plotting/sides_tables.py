"""The tables of one experiment that show the same trainings from four sides, read and checked."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from traindyn.plotting.criticality_tables import COLUMNS as CRITICALITY
from traindyn.plotting.interactions_tables import COLUMNS as INTERACTIONS
from traindyn.plotting.stability_tables import COLUMNS as STABILITY
from traindyn.plotting.tables import COLUMNS as EXPERIMENT
from traindyn.plotting.tables import natural_order, read_table

COLUMNS: dict[str, dict[str, str]] = {
    "spectra": EXPERIMENT["spectra"],
    "exponents": STABILITY["exponents"],
    "strengths": INTERACTIONS["strengths"],
    "power_laws": CRITICALITY["exponents"],
    "equilibrium": CRITICALITY["equilibrium"],
    "diverged": EXPERIMENT["diverged"],
}


@dataclass(frozen=True)
class SidesTables:
    """Tables of an experiment and its companion systems, checked; columns as in ``COLUMNS``.

    Attributes:
        exponents: Lyapunov exponents (`stability`).
        strengths: of interactions by order (`interactions`).
        power_laws, equilibrium: of fluctuations (`criticality`).
    """

    experiment: str
    spectra: pd.DataFrame
    exponents: pd.DataFrame
    strengths: pd.DataFrame
    power_laws: pd.DataFrame
    equilibrium: pd.DataFrame
    diverged: pd.DataFrame

    @cached_property
    def trainings(self) -> dict[str, int]:
        """Group → the first seed that all sides have, groups sorted with numbers as numbers."""
        sides = (self.spectra, self.exponents, self.strengths, self.equilibrium)
        common = set.intersection(*({*zip(side["group"], side["seed"], strict=True)} for side in sides))
        groups = sorted({group for group, _ in common}, key=natural_order)
        return {group: min(int(seed) for name, seed in common if name == group) for group in groups}


def read_sides_tables(
    experiment: str,
    *,
    spectra: str | Path,
    exponents: str | Path,
    strengths: str | Path,
    power_laws: str | Path,
    equilibrium: str | Path,
    diverged: str | Path,
) -> SidesTables:
    """Read the tables from their files (.parquet or .csv); errors as ``read_table``."""
    paths = {
        "spectra": spectra,
        "exponents": exponents,
        "strengths": strengths,
        "power_laws": power_laws,
        "equilibrium": equilibrium,
        "diverged": diverged,
    }
    return SidesTables(experiment, **{name: read_table(name, COLUMNS[name], path) for name, path in paths.items()})
