"""Recording -> Koopman spectrum: delay embedding, windows, truncated DMD, residuals, resampling."""

from traindyn.koopman.dmd import Fit, fit
from traindyn.koopman.parts import split
from traindyn.koopman.runs import fit_plans, fit_recording
from traindyn.koopman.table import Row, resampled_table, spectra_table, write_fits
from traindyn.koopman.windows import Window, windows

__all__ = [
    "Fit",
    "Row",
    "Window",
    "fit",
    "fit_plans",
    "fit_recording",
    "resampled_table",
    "spectra_table",
    "split",
    "windows",
    "write_fits",
]
