"""Measures of how far two spectra are apart, one file each: the file's name is the measure's name.

A measure's module has one public function, pairwise(spectra, pairs): distances >= 0, (n,), of the pairs given
as positions (n, 2) in a list of spectra, the same whichever of two spectra comes first. All pairs come at
once so that a measure can work on batches. A new measure is a new file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum
from traindyn.errors import InputError


@dataclass(frozen=True)
class Measure:
    """A measure's name and its function over many pairs."""

    name: str
    pairwise: Callable[[Sequence[Spectrum], IntArray], FloatArray]


def measure_names() -> list[str]:
    """The names that this folder offers."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def measure(name: str) -> Measure:
    """The measure called `name`; InputError where there is none."""
    if name not in measure_names():
        raise InputError(f"measures: unknown measure {name!r}; allowed are {', '.join(measure_names())}")
    return Measure(name, importlib.import_module(f"{__name__}.{name}").pairwise)
