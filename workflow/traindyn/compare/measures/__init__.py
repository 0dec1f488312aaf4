"""Measures of how far two spectra are apart, one file each: the file's name is the measure's name.

A measure's module has one public function, pairwise(spectra, pairs): distances >= 0, (n,), of the pairs given
as positions (n, 2) in a list of spectra, the same whichever of two spectra comes first. All pairs come at
once so that a measure can work on batches. It may set LEAST_RATIO (1 by default), see `Measure`. A new measure is a
new file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum
from traindyn.errors import InputError


@dataclass(frozen=True)
class Measure:
    """A measure's name and its function over many pairs.

    least_ratio: `non-conjugate` needs a ratio of distances between groups to those within them that lies above this.
    """

    name: str
    pairwise: Callable[[Sequence[Spectrum], IntArray], FloatArray]
    least_ratio: float


def measure_names() -> list[str]:
    """The names that this folder offers."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def measure(name: str) -> Measure:
    """The measure called `name`; InputError where there is none."""
    if name not in measure_names():
        raise InputError(f"measures: unknown measure {name!r}; allowed are {', '.join(measure_names())}")
    module = importlib.import_module(f"{__name__}.{name}")
    return Measure(name, module.pairwise, getattr(module, "LEAST_RATIO", 1.0))
