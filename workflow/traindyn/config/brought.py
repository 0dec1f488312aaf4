"""Experiments on recordings that exist already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from traindyn.config.analysis import Analysis
from traindyn.config.plans import Group, Name
from traindyn.config.sheet import Row, Sheet, read_sheet, slug

OPTIMIZER = "brought"  # stands in paths and tables where trainings name their optimizer


class Brought(Analysis):
    """Labels × seeds of a sheet, with a Koopman and a comparison plan."""

    figure: Name | None = Field("recordings", description="notebook that draws it; null: the experiment's own name")
    recordings: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="sheet that lists them, a path from the working directory: see Sheet of recordings"
    )

    @cached_property
    def sheet(self) -> Sheet:
        """What the sheet says.

        Raises:
            InputError: one line that names the sheet, the line, the column, and what is allowed.
        """
        return read_sheet(self.recordings)

    @model_validator(mode="after")
    def _fits_the_sheet(self) -> Self:
        if self.koopman.unlagged_from is not None:
            raise ValueError("koopman.unlagged_from: is for trainings that the workflow runs itself")
        several = next((label for label, seeds in self.sheet.groups.items() if len(seeds) > 1), None)
        if self.koopman.parts > 1 and several is not None:
            raise ValueError(f"koopman.parts = {self.koopman.parts}: only for single seeds; {several!r} has several")
        return self

    def group_labels(self) -> Mapping[str, Group]:
        """Label → group."""
        return self._groups

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {label: Group(architecture=slug(label), optimizer=OPTIMIZER) for label in self.sheet.groups}

    def pieces(self) -> list[str]:
        """Its recordings, as architecture/optimizer/chunk: one for each seed."""
        return [
            f"{slug(label)}/{OPTIMIZER}/{seed:04d}-{seed:04d}"
            for label, seeds in self.sheet.groups.items()
            for seed in seeds
        ]

    def rows(self, architecture: str, chunk: str) -> tuple[Row, ...]:
        """What the sheet says of one recording."""
        return self.sheet.groups[self.label_of(architecture, OPTIMIZER)][int(chunk.split("-")[0])]

    @property
    def most_seeds(self) -> int:
        """Seeds of the group that has most."""
        return max(map(len, self.sheet.groups.values()))
