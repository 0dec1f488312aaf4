"""When to record: small values that say of a step whether it is recorded, and combine with `&` and `|`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from operator import index

from traindyn.errors import InputError


class When(ABC):
    """Steps that are recorded. `10 in when` asks; `when & other` are the steps of both, `when | other` of either."""

    @abstractmethod
    def __contains__(self, step: object) -> bool: ...

    def __and__(self, other: When) -> When:
        return _Both(self, other)

    def __or__(self, other: When) -> When:
        return _Either(self, other)


def every(n: int) -> When:
    """Steps 0, n, 2n, …

    Raises:
        InputError: n is below 1.
    """
    if index(n) < 1:
        raise InputError(f"every({n}): must be at least 1")
    return _Every(index(n))


def at(steps: Iterable[int]) -> When:
    """The steps listed.

    Raises:
        InputError: none is listed, or one is negative.
    """
    listed = tuple(sorted({index(step) for step in steps}))
    if not listed or listed[0] < 0:
        raise InputError(f"at({list(listed)}): at least one step, none below 0")
    return _At(listed, frozenset(listed))


def powers_of_two() -> When:
    """Steps 1, 2, 4, 8, …; `at([0]) | powers_of_two()` has the initial weights as well."""
    return _PowersOfTwo()


def within(start: int, stop: int) -> When:
    """All steps from `start` to `stop`, which is left out: `every(5) & within(100, 200)` are 100, 105, …, 195.

    Raises:
        InputError: there are none, or `start` is negative.
    """
    if not 0 <= index(start) < index(stop):
        raise InputError(f"within({start}, {stop}): must be 0 <= start < stop")
    return _Within(index(start), index(stop))


@dataclass(frozen=True)
class _Every(When):
    n: int

    def __contains__(self, step: object) -> bool:
        return isinstance(step, int) and step % self.n == 0

    def __repr__(self) -> str:
        return f"every({self.n})"


@dataclass(frozen=True)
class _At(When):
    listed: tuple[int, ...]
    known: frozenset[int]

    def __contains__(self, step: object) -> bool:
        return step in self.known

    def __repr__(self) -> str:
        return f"at({list(self.listed)})"


@dataclass(frozen=True)
class _PowersOfTwo(When):
    def __contains__(self, step: object) -> bool:
        return isinstance(step, int) and step.bit_count() == 1

    def __repr__(self) -> str:
        return "powers_of_two()"


@dataclass(frozen=True)
class _Within(When):
    start: int
    stop: int

    def __contains__(self, step: object) -> bool:
        return isinstance(step, int) and self.start <= step < self.stop

    def __repr__(self) -> str:
        return f"within({self.start}, {self.stop})"


@dataclass(frozen=True)
class _Both(When):
    one: When
    other: When

    def __contains__(self, step: object) -> bool:
        return step in self.one and step in self.other

    def __repr__(self) -> str:
        return f"({self.one} & {self.other})"


@dataclass(frozen=True)
class _Either(When):
    one: When
    other: When

    def __contains__(self, step: object) -> bool:
        return step in self.one or step in self.other

    def __repr__(self) -> str:
        return f"({self.one} | {self.other})"


EVERY_STEP = every(1)
