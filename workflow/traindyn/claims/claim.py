"""What a file of claims may say."""

from typing import Annotated

from pydantic import AfterValidator, Field

from traindyn.claims.kinds import AnyQuantity
from traindyn.config.plans import ComponentName, Name, Plan

# Folded lines of YAML end with a line break.
Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(lambda text: " ".join(text.split()))]


class Claim(Plan):
    """One statement of a paper, and the quantity of ours that speaks to it."""

    where: Text = Field(description="where it stands in the paper, as in `figure 3`")
    statement: Text = Field(description="what is claimed, in words")
    note: Text | None = Field(None, description="what a reader must know besides; null: nothing")
    experiment: Name = Field(description="experiment it is read from; outcome `not run` where that is not configured")
    task: ComponentName | None = Field(
        None, description="task that the published number is of; with another, the claim is left undecided"
    )
    quantity: AnyQuantity = Field(description="what is computed, and what is expected of it")


class ClaimsFile(Plan):
    """Claims of one paper."""

    title: Text = Field(description="the paper")
    claims: dict[Name, Claim] = Field(min_length=1, description="name → claim")
