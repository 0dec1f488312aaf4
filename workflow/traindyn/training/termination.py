"""SIGTERM as a request that is answered at the next opportunity."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

STATUS = 128 + signal.SIGTERM  # as a shell reports a process that died of it


class Termination:
    """While this is entered, SIGTERM (a scheduler's time limit, a preemption) is noted in `asked`, and nothing more.

    Only a process's main thread can ask for that; in another one nothing changes.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
