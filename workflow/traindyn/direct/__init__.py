"""Recordings → spectra, distances, verdicts, a figure: the whole way in one call, without a workflow."""

from traindyn.direct.compare import Comparison, compare_recordings
from traindyn.direct.describe import Description, describe_recording
from traindyn.direct.spectrum import spectrum_table

__all__ = ["Comparison", "Description", "compare_recordings", "describe_recording", "spectrum_table"]
