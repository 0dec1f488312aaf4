"""How much later than the training accuracy the test accuracy reaches a level."""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field, FiniteFloat

from traindyn.claims.finding import NAN, Finding, Outcome
from traindyn.claims.quantity import Quantity, Tables
from traindyn.config.plans import Label


class Generalises(Quantity):
    """Step at which a seed's test accuracy reaches a level / step at which its training accuracy does."""

    tables: ClassVar[tuple[str, ...]] = ("learning_curves",)
    rule: ClassVar[str] = (
        "Of every seed: the step at which its test accuracy first reaches the level, over the step at which its "
        "training accuracy does; the number is the median, the interval the least and the largest. `delayed` holds if "
        "all seeds lie above the factor, `at once` if none does; does not hold if it is the other way round for all "
        "seeds; undecided if seeds disagree or one does not reach the level in the run. (That a seed's test accuracy "
        "has not reached it by the last step counts against `at once` where the last step is late enough.)"
    )

    kind: Literal["generalises"]
    group: Label = Field(description="the group")
    level: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(description="accuracy to be reached")
    when: Literal["delayed", "at once"] = Field(description="what is expected")
    factor: Annotated[FiniteFloat, Field(ge=1)] = Field(description="ratio of steps above which it is a delay")

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def computed(self) -> str:
        return f"{self.group}: step of test accuracy {self.level:g} over step of training accuracy {self.level:g}"

    def expected(self) -> str:
        return f"{'above' if self.when == 'delayed' else 'at most'} {self.factor:g}"

    def evaluate(self, tables: Tables) -> Finding:
        curves = tables["learning_curves"]
        delays = [_delay(curve, self.level) for _, curve in curves[curves["group"] == self.group].groupby("seed")]
        least, reached = [least for least, _ in delays], [delay for _, delay in delays]
        if not delays or any(math.isnan(value) for value in least):
            return Finding("undecided", "training accuracy does not reach the level in every seed", n=len(delays))
        missed = sum(math.isnan(value) for value in reached)
        reason = f"test accuracy reaches the level in {len(delays) - missed} of {len(delays)} seeds"
        low, high = min(least), NAN if missed else max(reached)
        value = NAN if missed else float(pd.Series(reached).median())
        late, prompt = low > self.factor, high <= self.factor
        outcome: Outcome
        if self.when == "delayed":
            outcome = "holds" if late and not missed else "does not hold" if prompt else "undecided"
        else:
            outcome = "holds" if prompt else "does not hold" if late else "undecided"
        return Finding(outcome, reason, value, low, high, "least and largest over seeds", len(delays))


def _delay(curve: pd.DataFrame, level: float) -> tuple[float, float]:
    """What the ratio of steps is at least, and the ratio itself: NaN where the level is not reached."""
    trained = _first(curve, "train_accuracy", level)
    tested = _first(curve, "test_accuracy", level)
    evaluated = curve.loc[curve["test_accuracy"].notna(), "step"]
    last = float(evaluated.max()) if len(evaluated) else NAN
    # A level that is there before the first step has been there since step 1 at the latest.
    start = max(trained, 1.0)
    return (last if math.isnan(tested) else max(tested, 1.0)) / start, max(tested, 1.0) / start


def _first(curve: pd.DataFrame, column: str, level: float) -> float:
    steps = curve.loc[curve[column] >= level, "step"]
    return float(steps.min()) if len(steps) else NAN
