"""Spectra -> distances -> tests -> verdicts: are two groups of training runs equivalent?"""

from traindyn.compare.pairs import distances
from traindyn.compare.reading import read_spectra
from traindyn.compare.spectrum import Spectrum
from traindyn.compare.verdict import verdicts

__all__ = ["Spectrum", "distances", "read_spectra", "verdicts"]
