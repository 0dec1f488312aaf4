"""Tables to figures: everything the notebooks call.

``read_tables`` reads and checks the comparison's tables, ``overview``, ``optimizers``, ``grokking``, ``factorial``,
``early_phase`` and ``spectrum`` draw the figures from them; ``known_answers`` draws that of the judgements
(``read_judgements``), ``sensitivity`` that of a sweep (``read_sensitivity``), ``stability``, ``criticality`` and
``interactions`` those of companion systems from what ``read_stability_tables``, ``read_criticality_tables`` and
``read_interactions_tables`` read.
``save_figure`` writes a figure as PNG, SVG and PDF.
"""

from traindyn.plotting.criticality_tables import CriticalityTables, read_criticality_tables
from traindyn.plotting.figures.criticality import criticality
from traindyn.plotting.figures.early_phase import early_phase
from traindyn.plotting.figures.factorial import factorial
from traindyn.plotting.figures.grokking import grokking
from traindyn.plotting.figures.interactions import interactions
from traindyn.plotting.figures.known_answers import known_answers
from traindyn.plotting.figures.optimizers import optimizers
from traindyn.plotting.figures.overview import overview
from traindyn.plotting.figures.sensitivity import sensitivity
from traindyn.plotting.figures.sides import sides
from traindyn.plotting.figures.spectrum import spectrum
from traindyn.plotting.figures.stability import stability
from traindyn.plotting.interactions_tables import InteractionsTables, read_interactions_tables
from traindyn.plotting.judgements import read_judgements
from traindyn.plotting.save import SavedFigure, save_figure
from traindyn.plotting.sensitivity import Sensitivity, read_sensitivity, standing
from traindyn.plotting.sides_tables import SidesTables, read_sides_tables
from traindyn.plotting.stability_tables import StabilityTables, read_stability_tables
from traindyn.plotting.tables import Tables, read_tables
from traindyn.plotting.verdict_summary import verdict_summary
from traindyn.plotting.verdict_table import verdict_table

__all__ = [
    "CriticalityTables",
    "InteractionsTables",
    "SavedFigure",
    "Sensitivity",
    "SidesTables",
    "StabilityTables",
    "Tables",
    "criticality",
    "early_phase",
    "factorial",
    "grokking",
    "interactions",
    "known_answers",
    "optimizers",
    "overview",
    "read_criticality_tables",
    "read_interactions_tables",
    "read_judgements",
    "read_sensitivity",
    "read_sides_tables",
    "read_stability_tables",
    "read_tables",
    "save_figure",
    "sensitivity",
    "sides",
    "spectrum",
    "stability",
    "standing",
    "verdict_summary",
    "verdict_table",
]
