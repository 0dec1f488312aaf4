"""traindyn: do two ways of training a network have equivalent dynamics?

Data flows one way, through files: train → record → fit → compare → draw. `workflow/README.md` shows the rooms of the
house. What one call does for recordings of your own is here: `compare_recordings`, `spectrum_table`,
`describe_recording`.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

# Name → where it is. Imported when first asked for: the whole takes seconds, and every job imports this package.
_OFFERED = {
    "compare_recordings": "traindyn.direct",
    "describe_recording": "traindyn.direct",
    "spectrum_table": "traindyn.direct",
}
__all__ = ["__version__", *_OFFERED]


def __getattr__(name: str) -> Any:
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_OFFERED[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_OFFERED})
