"""What every experiment has, wherever its recordings come from: groups, and how they are fitted and compared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from traindyn.config.companions import CompanionPlan
from traindyn.config.plans import ComparisonPlan, Group, KoopmanPlan, Name, Plan
from traindyn.config.sensitivity import SensitivityPlan


class Analysis(Plan, ABC):
    """Groups of recordings, with a Koopman and a comparison plan."""

    title: str = Field("", max_length=200, pattern=r"^[^<>\x00-\x1f]*$", description="one line for the report")
    figure: Name | None = Field(None, description="notebook that draws it; null: the experiment's own name")
    recordings_of: Name | None = Field(
        None,
        description="another experiment, whose recordings are fitted and compared anew: give `koopman` and, if you "
        "like, `title`, `figure` and `comparison`; nothing else",
    )
    koopman: KoopmanPlan = Field(description="see koopman")
    comparison: ComparisonPlan = Field(ComparisonPlan(), description="see comparison")
    compared: bool = Field(
        True,
        description="false: its spectra are not compared, and no figure is drawn but those of its companion systems",
    )
    sensitivity: SensitivityPlan | None = Field(
        None, description="other settings of the fits that are tried, see sensitivity; null: none"
    )

    @abstractmethod
    def group_labels(self) -> Mapping[str, Group]:
        """Label → group."""

    @abstractmethod
    def pieces(self) -> list[str]:
        """Its recordings, as architecture/optimizer/chunk."""

    @property
    @abstractmethod
    def most_seeds(self) -> int:
        """Seeds of the group that has most."""

    def companions(self) -> Mapping[str, CompanionPlan]:
        """Companion system → its plan, for those that study this experiment: they need trainings of ours."""
        return {}

    def label_of(self, architecture: str, optimizer: str) -> str:
        """The label of the group with these keys."""
        return self._labels[architecture, optimizer]

    @cached_property
    def _labels(self) -> Mapping[tuple[str, str], str]:
        return {(group.architecture, group.optimizer): label for label, group in self.group_labels().items()}

    def koopman_of(self, label: str) -> KoopmanPlan:
        """A group's Koopman plan, in which the length of windows is a number."""
        length = self.koopman.window_length
        if not isinstance(length, dict):
            return self.koopman
        return self.koopman.model_copy(update={"window_length": length.get(label)})

    @model_validator(mode="after")
    def _window_lengths_name_the_groups(self) -> Self:
        known, lengths = self.group_labels(), self.koopman.window_length
        if isinstance(lengths, dict):
            missing = [label for label in known if label not in lengths]
            if missing:
                raise ValueError(f"koopman.window_length has no length for group {missing[0]!r}")
            for label in lengths:
                if label not in known:
                    raise ValueError(f"koopman.window_length names group {label!r}; known: {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _something_is_drawn(self) -> Self:
        if not self.compared and not self.companions():
            raise ValueError("compared: false, and no companion system studies it: nothing is drawn; remove it")
        if not self.compared and self.sensitivity is not None:
            raise ValueError("sensitivity: of verdicts, and compared is false; give one of both up")
        return self

    @model_validator(mode="after")
    def _sensitivity_goes_with_the_fits(self) -> Self:
        if self.sensitivity is None:
            return self
        if self.koopman.unlagged_from is not None:
            raise ValueError("sensitivity: not where koopman.unlagged_from lends snapshots")
        for name in ("delays", "delays_times_weights"):
            if getattr(self.sensitivity, name) is not None and getattr(self.koopman, name) is None:
                raise ValueError(f"sensitivity.{name}: koopman has no {name}; sweep what it has")
        for start, stop in self.sensitivity.windows or []:
            if stop <= start:
                raise ValueError(f"sensitivity.windows [{start}, {stop}) is empty: its stop must be above its start")
        return self
