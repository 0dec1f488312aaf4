"""traindyn: do two ways of training a network have equivalent dynamics?

Data flows one way, through files: train → record → fit → compare → draw. `workflow/README.md` shows the rooms of the
house. What one call does for recordings of your own is here: `compare_recordings`, `spectrum_table`,
`describe_recording`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traindyn.direct import compare_recordings, describe_recording, spectrum_table
    from traindyn.recorder import Recorder, at, every, powers_of_two, within
    from traindyn.recording.recovery import recover

__version__ = "0.1.0"

# What `from traindyn import …` finds, and where. Imported when it is asked for: rooms without torch stay without it.
_PUBLIC = {
    "Recorder": "traindyn.recorder",
    "at": "traindyn.recorder",
    "compare_recordings": "traindyn.direct",
    "describe_recording": "traindyn.direct",
    "every": "traindyn.recorder",
    "powers_of_two": "traindyn.recorder",
    "within": "traindyn.recorder",
    "recover": "traindyn.recording.recovery",
    "spectrum_table": "traindyn.direct",
}
__all__ = [
    "Recorder",
    "at",
    "compare_recordings",
    "describe_recording",
    "every",
    "powers_of_two",
    "recover",
    "spectrum_table",
    "within",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
