"""What a file of claims may say."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from traindyn.claims.kinds import AnyQuantity
from traindyn.config.plans import Component, ComponentName, Name, Plan

# Folded lines of YAML end with a line break.
Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(lambda text: " ".join(text.split()))]


class Claim(Plan):
    """One statement of a paper, and the quantity of ours that speaks to it."""

    where: Text = Field(description="where it stands in the paper, as in `figure 3`")
    statement: Text = Field(description="what is claimed, in words")
    note: Text | None = Field(None, description="what a reader must know besides; null: nothing")
    experiment: Name = Field(description="experiment it is read from; outcome `not run` where that is not configured")
    task: ComponentName | Component | None = Field(
        None,
        description="task that the published number is of, by name or with options that matter; with another, the "
        "claim is left undecided",
    )
    quantity: AnyQuantity = Field(description="what is computed, and what is expected of it")

    def is_of(self, tasks: Sequence[Component]) -> bool:
        """Whether a published number can be held against runs on these tasks."""
        if self.task is None:
            return True
        wanted = self.task if isinstance(self.task, Component) else Component(name=self.task)
        return bool(tasks) and all(
            task.name == wanted.name and wanted.options().items() <= task.options().items() for task in tasks
        )

    def task_in_words(self) -> str:
        """The task that the published number is of."""
        if not isinstance(self.task, Component):
            return self.task or "any task"
        return f"{self.task.name} ({', '.join(f'{key} = {value}' for key, value in self.task.options().items())})"


class ClaimsFile(Plan):
    """Claims of one paper."""

    title: Text = Field(description="the paper")
    claims: dict[Name, Claim] = Field(min_length=1, description="name → claim")
