"""How the fluctuations of an experiment's trained weights are studied."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from traindyn.config.companions import CompanionPlan
from traindyn.config.plans import Count, Step


class CriticalityPlan(CompanionPlan):
    """Per-sample changes of the weights at recorded steps, power laws among them, and the map from data to changes."""

    replicas: Count = Field(1, description="first so many replicas of each seed, each a training of its own")
    steps: list[Step] = Field(min_length=1, description="recorded steps at which fluctuations are studied")
    samples: Count | None = Field(None, description="first so many training samples; null: all")
    weights: Annotated[int, Field(ge=0)] = Field(
        4,
        description="single weights that are studied: at the last of `steps`, the one of each layer whose changes vary "
        "most, then the second of each, …",
    )
    directions: Annotated[int, Field(ge=0)] = Field(
        1,
        description="leading directions of the map from inputs to changes of the weights that are studied; 0: no map, "
        "as for inputs that are tokens",
    )
    equilibrium: Annotated[float, Field(gt=0)] = Field(
        0.1, description="local equilibrium: the mean gradient's length is at most so many standard deviations"
    )
    equilibrium_checks: Count = Field(
        20, description="recorded steps, evenly spread, at which this is looked at beside `steps`"
    )
    decades: Annotated[float, Field(ge=1)] = Field(1.0, description="fewest decades of a power law's range")
    least: Annotated[int, Field(ge=50)] = Field(100, description="fewest fluctuations in it")
    level: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        0.1, description="level of the tests that refuse a range: distance to the law, gain of a lognormal law"
    )
    bins_per_decade: Count = Field(5, description="bins of the densities")
