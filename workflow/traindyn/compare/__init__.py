"""Spectra -> distances -> tests -> verdicts: are two groups of training runs equivalent?"""

from traindyn.compare.pairs import distances
from traindyn.compare.reading import read_spectra
from traindyn.compare.spectrum import Spectrum
from traindyn.compare.transitions import transitions
from traindyn.compare.verdict import verdicts
from traindyn.compare.window_verdicts import window_verdicts

__all__ = ["Spectrum", "distances", "read_spectra", "transitions", "verdicts", "window_verdicts"]
