"""Results of a step, from the device to the host, while the device goes on with the next step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

import torch

Found = Mapping[str, torch.Tensor]
DEPTH = 2  # steps under way: one that is copied, one that is taken


class Transfer:
    """Hands the tensors of every step on to `take(step, found)`, on the host and in order.

    On the CPU at once. From a GPU they are copied into pinned memory on a stream of their own, and taken when the copy
    is done, up to DEPTH steps later: no step waits for its own results.
    """

    def __init__(self, device: torch.device, take: Callable[[int, Found], None]) -> None:
        self._take = take
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        self._waiting: deque[tuple[int, Found, torch.cuda.Event]] = deque()

    def put(self, step: int, found: Found) -> None:
        """Hand on what came of a step; none of the tensors may change afterwards."""
        if self._stream is None:
            self._take(step, found)
            return
        if len(self._waiting) == DEPTH:
            self._take_oldest()
        self._waiting.append((step, *_copied(found, self._stream)))

    def finish(self) -> None:
        """Return when all has been taken."""
        while self._waiting:
            self._take_oldest()

    def _take_oldest(self) -> None:
        step, copies, done = self._waiting.popleft()
        done.synchronize()
        # Pinned memory serves the next steps; a recording keeps its steps for longer.
        self._take(step, {name: copy.clone() for name, copy in copies.items()})


def _copied(found: Found, stream: torch.cuda.Stream) -> tuple[Found, torch.cuda.Event]:
    """Copies in pinned memory, and the event that says they are complete."""
    stream.wait_stream(torch.cuda.current_stream(stream.device))
    copies, done = {}, torch.cuda.Event()
    with torch.cuda.stream(stream):
        for name, tensor in found.items():
            copy = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
            copies[name] = copy.copy_(tensor, non_blocking=True)
            tensor.record_stream(stream)  # its memory must not be given away before
        done.record(stream)
    return copies, done
