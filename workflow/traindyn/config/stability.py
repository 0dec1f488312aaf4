"""How the stability of an experiment's trainings is studied."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from traindyn.config.companions import CompanionPlan
from traindyn.config.plans import Count, Step


class StabilityPlan(CompanionPlan):
    """Lyapunov exponents and covariant Lyapunov vectors of the learning dynamics along each training."""

    replicas: Count = Field(1, description="first so many replicas of each seed, each a training of its own")
    exponents: Count = Field(description="number m of leading exponents and vectors")
    start: Step = Field(0, description="step from which perturbations are followed")
    stop: Count | None = Field(None, description="step at which they end; null: the last training step")
    every: Count = Field(1, description="steps between two orthonormalisations")
    report_every: Count = Field(description="steps between rows of the tables, a multiple of `every`")
    operator: Literal["products", "closed_form"] = Field(
        "products",
        description="products: Jacobian-vector products of the optimizer step, for any network and optimizer; "
        "closed_form: the matrix I − ηH of a network with one hidden layer under squared error and plain gradient "
        "descent",
    )
    vectors: bool = Field(True, description="covariant vectors too: keeps m × m numbers per orthonormalisation")
    settle: Step = Field(
        0, description="steps after `start` and before `stop` whose covariant vectors are left out: transients"
    )
    final_steps: Count = Field(1, description="final loss: mean over so many steps at the end of the training")
    poor_loss: Annotated[float, Field(ge=0)] | None = Field(
        None, description="final loss above which a training has ended poorly; null: above its group's median"
    )
    bootstraps: Annotated[int, Field(ge=99)] = Field(999, description="bootstrap samples of the predictions")

    @model_validator(mode="after")
    def _steps_fit_each_other(self) -> Self:
        if self.report_every % self.every:
            raise ValueError(f"report_every {self.report_every} must be a multiple of every {self.every}")
        if self.stop is not None and self.stop - self.start < self.report_every:
            raise ValueError(f"stop {self.stop} lies less than report_every {self.report_every} after start")
        return self
