"""That all companion systems of an experiment are drawn together."""

from __future__ import annotations

from traindyn.config.companions import CompanionPlan


class SidesPlan(CompanionPlan):
    """One figure of the same trainings from all sides: spectra by window and the three other companion systems."""
