"""What every kind of quantity has: the groups, measure and tables that it is read from, and its rule."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import pandas as pd
from pydantic import Field

from traindyn.claims.finding import NAN, Finding
from traindyn.config.plans import Label, Plan

Tables = Mapping[str, pd.DataFrame]
# YAML has lists only; their members stay strict.
Pair = Annotated[tuple[Label, Label], Field(strict=False)]


class Quantity(Plan, ABC):
    """A number that can be read from an experiment's tables, and when a claim about it holds."""

    tables: ClassVar[tuple[str, ...]]  # names of tables of every experiment that it is read from
    rule: ClassVar[str]  # when the claim holds, in words for the reader of the table

    def read(self) -> Sequence[str]:
        """Names of the tables that it is read from."""
        return self.tables

    def measures(self) -> Sequence[str]:
        """The measures of distance that it needs."""
        return ()

    def system_named(self) -> str | None:
        """The companion system that it needs."""
        return None

    def published_number(self) -> float:
        """The paper's number, NaN where it gives none."""
        return NAN

    def published_sd(self) -> float:
        """The paper's standard deviation over seeds, NaN where it gives none."""
        return NAN

    @abstractmethod
    def groups_named(self) -> Sequence[str]:
        """The groups that it needs."""

    @abstractmethod
    def computed(self) -> str:
        """What is computed, in words."""

    @abstractmethod
    def expected(self) -> str:
        """What the paper leads one to expect, in words."""

    @abstractmethod
    def evaluate(self, tables: Tables) -> Finding:
        """The number and the outcome, from the tables that `read` names."""
