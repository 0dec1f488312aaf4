"""Two factors make a group: colour tells its optimizer, marker its architecture."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from traindyn.plotting.style import COLOURS, MARKERS, GroupStyle
from traindyn.plotting.tables import Tables, natural_order

UNKNOWN = "unknown"  # of a group that the verdicts name and no other table


@dataclass(frozen=True)
class Factors:
    """Architecture and optimizer of each group."""

    architecture: Mapping[str, str]
    optimizer: Mapping[str, str]

    @property
    def architectures(self) -> list[str]:
        """Every architecture, sorted with numbers as numbers."""
        return sorted(set(self.architecture.values()), key=natural_order)

    @property
    def optimizers(self) -> list[str]:
        """Every optimizer, sorted with numbers as numbers."""
        return sorted(set(self.optimizer.values()), key=natural_order)

    def colours(self) -> dict[str, str]:
        """Colour of each optimizer."""
        return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(self.optimizers)}

    def markers(self) -> dict[str, str]:
        """Marker of each architecture."""
        return {name: MARKERS[i % len(MARKERS)] for i, name in enumerate(self.architectures)}

    def styles(self) -> dict[str, GroupStyle]:
        """Colour by optimizer and marker by architecture, for each group."""
        colours, markers = self.colours(), self.markers()
        return {g: GroupStyle(colours[self.optimizer[g]], markers[self.architecture[g]]) for g in self.optimizer}


def factors(tables: Tables) -> Factors:
    """The factors of every group of ``tables``."""
    columns = ["group", "architecture", "optimizer"]
    runs = pd.concat([table[columns] for table in (tables.learning_curves, tables.spectra, tables.diverged)])
    of_group = runs.drop_duplicates("group").set_index("group").reindex(tables.groups).fillna(UNKNOWN)
    by_factor = {
        name: dict(zip(tables.groups, of_group[name].map(str), strict=True)) for name in ("architecture", "optimizer")
    }
    return Factors(**by_factor)
