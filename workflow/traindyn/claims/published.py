"""A published number, and whether this run's agrees with it."""

import math
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, FiniteFloat, model_validator
from scipy.special import stdtrit

from traindyn.claims.estimate import LEVEL, Estimate
from traindyn.claims.finding import Finding, Outcome
from traindyn.config.plans import Plan

WIDEST = 0.5  # of the published number: an interval wider than ± this agrees with nearly anything
RULE = (
    "With a tolerance (deterministic runs): holds if |this run − published| is at most the tolerance. Otherwise "
    f"holds if 0 lies in the {LEVEL:.0%} interval of the difference to the published mean (Welch's t, with the "
    "published standard deviation and number of seeds where they are known, and with the published mean as exact "
    f"where they are not), undecided if that interval is wider than ± {WIDEST:.0%} of the published mean or if there "
    "is a single seed, does not hold if 0 lies outside."
)


class Published(Plan):
    """The paper's number."""

    mean: FiniteFloat = Field(description="the number")
    sd: Annotated[FiniteFloat, Field(ge=0)] | None = Field(None, description="standard deviation over seeds")
    seeds: Annotated[int, Field(ge=2)] | None = Field(None, description="number of seeds behind mean and sd")

    @model_validator(mode="after")
    def _seeds_say_how_sure_the_mean_is(self) -> Self:
        if self.seeds is not None and self.sd is None:
            raise ValueError("seeds without sd says nothing; give both or neither")
        return self

    @property
    def words(self) -> str:
        """The number as printed in a table."""
        spread = "" if self.sd is None else f" ± {self.sd:g}"
        return f"{self.mean:.6g}{spread}" + ("" if self.seeds is None else f" ({self.seeds} seeds)")

    def variance(self) -> float:
        """Squared standard error of the mean; 0 where it is not known."""
        return 0.0 if self.sd is None or self.seeds is None else self.sd**2 / self.seeds


def _from_number(value: Any) -> Any:
    """`published: 0.5` is short for `published: {mean: 0.5}`."""
    return {"mean": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


PublishedNumber = Annotated[Published, BeforeValidator(_from_number)]


def agreement(found: Estimate, published: Published, tolerance: float | None) -> Finding:
    """The finding of a mean that has a published counterpart; see RULE."""
    difference = found.mean - published.mean
    if not math.isfinite(difference):
        return Finding("undecided", "the tables hold no such distance", n=found.n)
    if tolerance is not None:
        outcome: Outcome = "holds" if abs(difference) <= tolerance else "does not hold"
        return found.finding(outcome, f"differs by {difference:+.2g}, tolerance {tolerance:g}")
    if not math.isfinite(found.error):
        return found.finding("undecided", "too few seeds for an interval, and no tolerance is given")
    width = welch_half_width(found, published)
    reason = f"differs by {difference:+.2g}, interval of the difference ± {width:.2g}"
    if abs(difference) > width:
        return found.finding("does not hold", reason)
    if width > WIDEST * abs(published.mean):
        return found.finding("undecided", f"{reason}: too wide to tell")
    return found.finding("holds", reason)


def welch_half_width(found: Estimate, published: Published) -> float:
    """Half the interval of the difference of two means with unequal variances (Welch–Satterthwaite)."""
    ours, theirs = found.error**2, published.variance()
    if ours + theirs == 0:
        return 0.0
    squares = ours**2 / (found.n - 1) + (theirs**2 / (published.seeds - 1) if published.seeds else 0.0)
    freedom = (ours + theirs) ** 2 / squares
    return float(stdtrit(freedom, (1 + LEVEL) / 2)) * math.sqrt(ours + theirs)
