"""The companion systems: other views of an experiment's trainings, each a section of the experiment that asks for it.

What the workflow must know of a system stands here; its plan is a file of its own, its science a room of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from traindyn.config.plans import Count, Label, Plan


class CompanionPlan(Plan):
    """Which of an experiment's trainings a companion system looks at."""

    groups: list[Label] | None = Field(None, min_length=1, description="groups that are studied; null: all")
    seeds: Count | None = Field(None, description="the experiment's first so many seeds are studied; null: all")


@dataclass(frozen=True)
class Companion:
    """A companion system, as the workflow sees it. Names are those of its notebook's parameters.

    tables: its tables, name → file in `results/<experiment>/<system>/`.
    read: tables of the experiment that its figure is drawn from as well, name → file in `results/<experiment>/`.
    """

    tables: dict[str, str]
    read: dict[str, str]


COMPANIONS = {
    "interactions": Companion(
        tables={
            "strengths": "strengths.parquet",
            "checkpoints": "checkpoints.parquet",
            "theory": "theory.parquet",
            "phases": "phases.csv",
        },
        read={"diverged": "diverged.csv"},
    ),
    "stability": Companion(
        tables={
            "exponents": "exponents.parquet",
            "angles": "angles.parquet",
            "predictions": "predictions.csv",
            "rates": "rates.parquet",
        },
        read={"diverged": "diverged.csv"},
    ),
    "sides": Companion(
        tables={},
        read={
            "spectra": "spectra.parquet",
            "exponents": "stability/exponents.parquet",
            "strengths": "interactions/strengths.parquet",
            "power_laws": "criticality/exponents.parquet",
            "equilibrium": "criticality/equilibrium.parquet",
            "diverged": "diverged.csv",
        },
    ),
    "criticality": Companion(
        tables={
            "equilibrium": "equilibrium.parquet",
            "exponents": "exponents.parquet",
            "densities": "densities.parquet",
            "singular_values": "singular_values.parquet",
        },
        read={"diverged": "diverged.csv"},
    ),
}
