"""How the interactions that an experiment's networks learn are studied."""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from traindyn.config.companions import CompanionPlan
from traindyn.config.plans import Count, Step

MOST_VARIABLES = 12  # 4,096 masks of each sample
Baseline = Literal["mean", "lowest"] | float


class InteractionsPlan(CompanionPlan):
    """AND and OR interactions of input variables, at checkpoints along each training (of replica 0)."""

    grid: list[Count] = Field(
        min_length=1,
        max_length=2,
        description="input variables: patches along both axes of an image, [rows, columns], or [number] of groups of "
        "neighbouring features; 2 to 12 in all, each costs twice the masks",
    )
    margin: Step = Field(0, description="values at each edge of the input that belong to no variable: never masked")
    baseline: Baseline = Field(
        "mean",
        description="what masked values are replaced by: `mean`, each one's own over the training data; `lowest`, the "
        "least value of the training data (the background of digits); or a number",
    )
    samples: Count = Field(description="inputs whose interactions are taken, drawn once for all trainings")
    data: Literal["train", "test"] = Field("train", description="the data that they are drawn from")
    checkpoints: Annotated[int, Field(ge=2)] | list[Step] = Field(
        10,
        description="recorded steps that are studied: a list of them, or how many, the first and the last among them "
        "and the others evenly on a logarithmic scale",
    )
    slack: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="outputs may be changed by so much of |v(N) − v(∅)| where that makes interactions sparser"
    )
    salience: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.05, description="interactions below so much of a sample's largest do not count"
    )
    scored: Count | None = Field(
        None, description="first so many training and test samples on which losses are taken; null: all"
    )

    @model_validator(mode="after")
    def _variables_can_be_masked(self) -> Self:
        if not 2 <= prod(self.grid) <= MOST_VARIABLES:
            raise ValueError(f"grid {self.grid} makes {prod(self.grid)} variables; 2 to {MOST_VARIABLES} are allowed")
        if isinstance(self.checkpoints, list) and sorted(set(self.checkpoints)) != self.checkpoints:
            raise ValueError(f"checkpoints {self.checkpoints} must be different steps in rising order")
        if isinstance(self.checkpoints, list) and len(self.checkpoints) < 2:
            raise ValueError(f"checkpoints {self.checkpoints}: at least 2 are needed")
        return self
