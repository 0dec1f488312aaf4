"""Which other settings of its fits an experiment tries, to see for which of them its verdicts stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from pydantic import Field

from traindyn.config.plans import ComparisonPlan, Count, KoopmanPlan, Measure, Plan, Window

PAPER = "wasserstein"
CONFIGURED = "configured"  # windows as the Koopman plan has them, be it the whole recording or several
NUMBERS = ("delays", "delays_times_weights", "modes", "components")


@dataclass(frozen=True)
class Setting:
    """One setting of the sweep: its values as shown in the table, and the Koopman plan that has them."""

    shown: dict[str, Any]
    plan: KoopmanPlan
    configured: bool


class SensitivityPlan(Plan):
    """Every combination of the listed values is tried; the configured value is one of each list, named or not."""

    delays: list[Annotated[int, Field(ge=0)]] | None = Field(
        None, min_length=1, description="numbers of delays, where `koopman.delays` is given; null: the configured one"
    )
    delays_times_weights: list[Count] | None = Field(
        None, min_length=1, description="the same where `koopman.delays_times_weights` is given"
    )
    modes: list[Count] | None = Field(None, min_length=1, description="numbers of modes; null: the configured one")
    components: list[Count | None] | None = Field(
        None,
        min_length=1,
        description="numbers of principal components, of which null means all weights; null: the configured one",
    )
    windows: list[Window] | None = Field(
        None,
        min_length=1,
        description="ranges of steps [start, stop), each of them alone in place of the configured windows; null: none",
    )
    measures: list[Measure] | None = Field(
        None, min_length=1, description="measures of the verdicts; null: the experiment's first, and the paper's"
    )

    def measures_of(self, comparison: ComparisonPlan) -> list[str]:
        """The measures that are swept, of an experiment compared in this way."""
        known = comparison.measures
        return self.measures or list(dict.fromkeys([known[0], *(name for name in known if name == PAPER)]))

    def settings(self, koopman: KoopmanPlan) -> list[Setting]:
        """The Koopman plans of the sweep around this one, in the order of their values."""
        own = _values(koopman)
        axes: list[list[Any]] = [_axis(own[name], getattr(self, name)) for name in NUMBERS]
        axes.append(list(dict.fromkeys([own["window"], *map(_named, self.windows or [])])))
        return [_setting(koopman, dict(zip(own, values, strict=True)), own) for values in product(*axes)]


def _values(koopman: KoopmanPlan) -> dict[str, Any]:
    """What a Koopman plan has of the swept values."""
    single = koopman.windows is not None and len(koopman.windows) == 1
    window = _named(koopman.windows[0]) if single and koopman.windows else CONFIGURED
    return {**{name: getattr(koopman, name) for name in NUMBERS}, "window": window}


def _named(window: tuple[int, int]) -> str:
    return f"{window[0]}-{window[1]}"


def _axis(own: int | None, listed: Iterable[int | None] | None) -> list[int | None]:
    """The values in their order; None, which is all of them, last."""
    return sorted({own, *(listed or ())}, key=lambda value: (value is None, value or 0))


def _setting(koopman: KoopmanPlan, shown: dict[str, Any], own: dict[str, Any]) -> Setting:
    changed = {name: value for name, value in shown.items() if name != "window"}
    if shown["window"] != own["window"]:
        start, stop = map(int, shown["window"].split("-"))
        changed |= {"windows": [(start, stop)], "window_length": None, "window_stride": None}
    return Setting(shown, KoopmanPlan(**koopman.model_dump() | changed), shown == own)
