"""The verdicts of an experiment under other settings of its fits: for which of them do they stand?"""

from traindyn.sensitivity.sweep import sweep

__all__ = ["sweep"]
