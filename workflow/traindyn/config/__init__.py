"""The typed configuration: one source for defaults, validation, JSON schema and parameter table."""

from traindyn.config.analysis import Analysis
from traindyn.config.brought import Brought
from traindyn.config.companions import COMPANIONS
from traindyn.config.criticality import CriticalityPlan
from traindyn.config.interactions import InteractionsPlan
from traindyn.config.load import load_config, read_config
from traindyn.config.plans import (
    ComparisonPlan,
    Component,
    Group,
    KoopmanPlan,
    Projection,
    RecordingPlan,
    TrainingPlan,
)
from traindyn.config.registry import build_component, component_class, component_names
from traindyn.config.schema import Config, Experiment, TrainingJob
from traindyn.config.sensitivity import SensitivityPlan
from traindyn.config.sheet import Row, Sheet, read_sheet, slug
from traindyn.config.sides import SidesPlan
from traindyn.config.stability import StabilityPlan

__all__ = [
    "COMPANIONS",
    "Analysis",
    "Brought",
    "ComparisonPlan",
    "Component",
    "Config",
    "CriticalityPlan",
    "Experiment",
    "Group",
    "InteractionsPlan",
    "KoopmanPlan",
    "Projection",
    "RecordingPlan",
    "Row",
    "SensitivityPlan",
    "Sheet",
    "SidesPlan",
    "StabilityPlan",
    "TrainingJob",
    "TrainingPlan",
    "build_component",
    "component_class",
    "component_names",
    "load_config",
    "read_config",
    "read_sheet",
    "slug",
]
