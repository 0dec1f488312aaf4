"""What a claim's quantity comes to in this run."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "does not hold", "undecided", "not run"]
NAN = float("nan")


@dataclass(frozen=True)
class Finding:
    """A number of this run and what follows from it.

    outcome: does the claim hold?; reason: why, in words; value: the number, NaN where there is none;
    low, high: its interval, NaN where it has none; interval: what that interval is; n: seeds (or other units)
    behind the number.
    """

    outcome: Outcome
    reason: str
    value: float = NAN
    low: float = NAN
    high: float = NAN
    interval: str = ""
    n: int = 0
