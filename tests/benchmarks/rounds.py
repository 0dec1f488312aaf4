"""The cases of a problem, measured in turns: what slows the machine down for a while slows all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from tqdm import tqdm

from benchmarks.case import Case, Measured
from benchmarks.worker import Worker


@dataclass(frozen=True)
class Repetitions:
    """How often a case is run: `most` times, but no more once it took `seconds` in all and ran `least` times.

    A first run shorter than `warm_up` seconds is not counted (memory is still being mapped); of a longer one this is a
    vanishing part, and every case has warmed up on a small problem before.
    """

    most: int = 7
    least: int = 2
    seconds: float = 40.0
    warm_up: float = 4.0


@dataclass
class _Turn:
    worker: Worker
    case: Case
    seconds: list[float] = field(default_factory=list)
    last: tuple[Any, float, float] = (None, float("nan"), float("nan"))
    failure: str = ""
    discarded: bool = False

    def over(self, plan: Repetitions) -> bool:
        enough = plan.least <= len(self.seconds) and sum(self.seconds) >= plan.seconds * self.case.scale
        once = self.case.once and bool(self.seconds)
        return bool(self.failure) or once or enough or len(self.seconds) >= plan.most

    def run(self, plan: Repetitions) -> None:
        answer = self.worker.run()
        if isinstance(answer, str):
            self.failure = answer
            return
        seconds, *rest = answer
        self.last = tuple(rest)
        if seconds < plan.warm_up and not self.discarded and not self.case.once:
            self.discarded = True
            return
        self.seconds.append(seconds * self.case.scale)


def measured(section: str, cases: Sequence[Case], plan: Repetitions) -> list[Measured]:
    """Measure all cases, problem by problem; those of one problem take turns.

    Raises:
        RuntimeError: a case that may not fail did.
    """
    outcomes: list[Measured] = []
    with tqdm(total=len(cases), desc=section, unit="case", dynamic_ncols=True) as bar:
        for problem, group in groupby(cases, key=lambda case: case.problem):
            outcomes += _in_turns(list(group), plan, bar, lambda text, at=problem: bar.set_postfix_str(f"{at}, {text}"))
    return outcomes


def _in_turns(cases: Sequence[Case], plan: Repetitions, bar: tqdm, say: Callable[[str], None]) -> list[Measured]:
    turns: list[_Turn] = []
    try:
        for case in cases:  # prepared one after the other: what one loads does not disturb another's warming up
            say(f"{case.method}: preparing")
            turns.append(_Turn(Worker(case), case))
            turns[-1].failure = turns[-1].worker.prepared()
        waiting = turns
        while waiting:
            for turn in waiting:
                say(f"{turn.case.method}: run {len(turn.seconds) + 1}")
                if not turn.failure:
                    turn.run(plan)
                if turn.over(plan):
                    turn.worker.close()
                    bar.update()
            waiting = [turn for turn in waiting if not turn.over(plan)]
    finally:
        for turn in turns:
            turn.worker.close()
    return [_finished(turn) for turn in turns]


def _finished(turn: _Turn) -> Measured:
    if turn.failure and not turn.case.may_fail:
        raise RuntimeError(f"{turn.case.problem}, {turn.case.method}: {turn.failure}")
    result, peak, working = turn.last
    return Measured(turn.case, turn.seconds, result, peak, working, turn.failure)
