"""What a server is asked for: a program, and the surroundings that it would have had as a new process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Request:
    """One process to be started.

    name: what the system's lists of processes call it (15 letters of it).
    kind, program: a file, or a module as after `python -m`.
    """

    name: str
    kind: Literal["file", "module"]
    program: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"


def parsed(line: bytes) -> Request:
    """What was sent."""
    return Request(**json.loads(line))
