"""The typed configuration: one source for defaults, validation, JSON schema and parameter table."""

from traindyn.config.companions import COMPANIONS
from traindyn.config.load import load_config, read_config
from traindyn.config.plans import (
    ComparisonPlan,
    Component,
    KoopmanPlan,
    Projection,
    RecordingPlan,
    TrainingPlan,
)
from traindyn.config.registry import build_component, component_class, component_names
from traindyn.config.schema import Config, Experiment, Group, TrainingJob
from traindyn.config.stability import StabilityPlan

__all__ = [
    "COMPANIONS",
    "ComparisonPlan",
    "Component",
    "Config",
    "Experiment",
    "Group",
    "KoopmanPlan",
    "Projection",
    "RecordingPlan",
    "StabilityPlan",
    "TrainingJob",
    "TrainingPlan",
    "build_component",
    "component_class",
    "component_names",
    "load_config",
    "read_config",
]
