"""Windows: ranges of training steps that are fitted alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traindyn.errors import InputError


@dataclass(frozen=True)
class Window:
    """Training steps `start` to `stop` (exclusive: the last recorded + 1), and where they are recorded."""

    start: int
    stop: int
    indices: slice


def windows(
    steps: NDArray[np.integer],
    ranges: Sequence[tuple[int, int]] | None = None,
    length: int | None = None,
    stride: int | None = None,
) -> list[Window]:
    """The windows of a recording.

    Args:
        steps: (recorded,) training steps, increasing.
        ranges: (start, stop) in training steps, stop exclusive.
        length, stride: or windows of this length every `stride` training steps (default: the length), as many
            as fit whole. With neither, the whole recording is the one window.

    Raises:
        InputError: ranges and length together, a range that is empty or holds no recorded step, a length or
            stride below 1 or a length beyond the recording.
    """
    if ranges is not None and length is not None:
        raise InputError("windows: give ranges or a length, not both")
    if stride is not None and length is None:
        raise InputError("windows: a stride needs a length")
    if len(steps) == 0:
        raise InputError("windows: the recording holds no steps")
    if ranges is not None:
        return [_window(steps, start, stop) for start, stop in ranges]
    if length is not None:
        return [_window(steps, start, stop) for start, stop in _sliding(steps, length, stride)]
    return [_window(steps, int(steps[0]), int(steps[-1]) + 1)]


def check_spacing(steps: NDArray[np.integer], window: Window) -> None:
    """Raise InputError where the recorded steps of a window are not equally spaced."""
    spacings = np.unique(np.diff(steps))
    if len(spacings) > 1:
        raise InputError(
            f"window [{window.start}, {window.stop}): recorded steps are {spacings[0]} to {spacings[-1]} "
            "apart, they must be equally spaced"
        )


def _window(steps: NDArray[np.integer], start: int, stop: int) -> Window:
    first, last = np.searchsorted(steps, [start, stop])
    if first >= last:
        raise InputError(f"windows: [{start}, {stop}) holds no recorded step, they run from {steps[0]} to {steps[-1]}")
    return Window(int(steps[first]), int(steps[last - 1]) + 1, slice(int(first), int(last)))


def _sliding(steps: NDArray[np.integer], length: int, stride: int | None) -> list[tuple[int, int]]:
    every = length if stride is None else stride
    if length < 1 or every < 1:
        raise InputError(f"windows: length {length} and stride {every} must be at least 1")
    # The last recorded step stands for the steps up to where the next would have been recorded.
    spacing = int(steps[-1] - steps[-2]) if len(steps) > 1 else 1
    end = int(steps[-1]) + spacing
    starts = range(int(steps[0]), end - length + 1, every)
    if not starts:
        raise InputError(f"windows: length {length} exceeds the recording, steps {steps[0]} to {steps[-1]}")
    return [(start, start + length) for start in starts]


def clusters(ranges: Sequence[Window]) -> list[list[Window]]:
    """The windows by clusters: those of one overlap, directly or through others; by their first steps."""
    found: list[list[Window]] = []
    end = -1
    for window in sorted(ranges, key=lambda window: (window.indices.start, window.indices.stop)):
        if window.indices.start >= end:
            found.append([])
        found[-1].append(window)
        end = max(end, window.indices.stop)
    return found
