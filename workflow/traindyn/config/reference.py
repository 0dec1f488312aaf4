"""The JSON schema and the parameter table, generated from the classes: `make reference` writes them."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from traindyn.config.brought import Brought
from traindyn.config.criticality import CriticalityPlan
from traindyn.config.interactions import InteractionsPlan
from traindyn.config.plans import (
    ComparisonPlan,
    Group,
    KnownAnswersPlan,
    KoopmanPlan,
    Projection,
    RecordingPlan,
    TrainingPlan,
)
from traindyn.config.registry import ROOMS, Kind, component_class, component_names
from traindyn.config.schema import Config, Experiment
from traindyn.config.sensitivity import SensitivityPlan
from traindyn.config.sheet import Row
from traindyn.config.sides import SidesPlan
from traindyn.config.stability import StabilityPlan

SECTIONS: dict[str, tuple[str, type[BaseModel]]] = {
    "Top level": ("", Config),
    "Experiment": ("experiments.<name>.", Experiment),
    "Experiment on recordings that exist": ("experiments.<name>.", Brought),
    "Sheet of recordings": ("column ", Row),
    "Groups": ("experiments.<name>.groups.<label>.", Group),
    "Training plan": ("experiments.<name>.training.", TrainingPlan),
    "Recording plan": ("experiments.<name>.recording.", RecordingPlan),
    "Projection": ("experiments.<name>.recording.projection.", Projection),
    "Koopman plan": ("experiments.<name>.koopman.", KoopmanPlan),
    "Comparison plan": ("experiments.<name>.comparison.", ComparisonPlan),
    "Sensitivity plan": ("experiments.<name>.sensitivity.", SensitivityPlan),
    "Stability plan": ("experiments.<name>.stability.", StabilityPlan),
    "Sides plan": ("experiments.<name>.sides.", SidesPlan),
    "Criticality plan": ("experiments.<name>.criticality.", CriticalityPlan),
    "Interactions plan": ("experiments.<name>.interactions.", InteractionsPlan),
    "Known answers": ("known_answers.", KnownAnswersPlan),
}
PREAMBLE = """# Configuration

`config.yaml` is the quick default, `paper.yaml` the paper's scale
(`snakemake --cores all --configfile config/paper.yaml`); `overlays/` holds changes to it, given as a second file.
`factorial_axes.yaml` compares learning rate / batch size, activation and data set. `claims.yaml` lists the claims of
the paper that results are held against. Copy a configuration to make your own;
`schema.json` lets editors check it. The configuration holds science only: threads, memory and queues are in
`profiles/`.

An experiment trains every `group` (architecture × optimizer) with every seed, fits a spectrum to each seed's replicas
and compares all spectra. Parts of it are components with a `name` and options of their own, listed below.

This page is generated from the classes in `workflow/traindyn` by `make reference`; do not edit it.
"""


def json_schema() -> str:
    """JSON schema of the configuration."""
    return json.dumps(Config.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def parameter_table() -> str:
    """Markdown page with every key: type, default, meaning."""
    return "\n".join([PREAMBLE, *_plans(), *_components()]) + "\n"


def write(folder: Path) -> None:
    """Write `schema.json` and `README.md` into the folder."""
    (folder / "schema.json").write_text(json_schema(), encoding="utf-8")
    (folder / "README.md").write_text(parameter_table(), encoding="utf-8")


def _plans() -> Iterator[str]:
    for title, (prefix, model) in SECTIONS.items():
        yield f"## {title}\n\n{_table(model, prefix)}"


def _components() -> Iterator[str]:
    kind: Kind
    for kind in ROOMS:
        yield f"## {kind.capitalize()}s\n"
        for name in component_names(kind):
            model = component_class(kind, name)
            text = " ".join((inspect.getdoc(model) or "").split())
            yield f"### {kind} `{name}`\n\n{text}\n\n{_table(model, '')}"


def _table(model: type[BaseModel], prefix: str) -> str:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    properties = model.model_json_schema().get("properties", {})
    for name, field in model.model_fields.items():
        cells = (f"`{prefix}{name}`", _type(properties.get(name, {})), _default(field), field.description or "")
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if isinstance(field.default, BaseModel):
        return "see there"
    return f"`{json.dumps(field.default, ensure_ascii=False)}`"


def _type(schema: dict[str, Any]) -> str:
    """A type in words, with its limits."""
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    words = {"null": "null", "object": "mapping"}.get(schema.get("type", ""), schema.get("type", "any"))
    if schema.get("type") == "array":
        inner = schema.get("items") or {"anyOf": schema.get("prefixItems", [])}
        words = f"list of {_type(inner) if isinstance(inner, dict) and inner else 'values'}"
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {schema[key]}" for key, sign in limits.items() if key in schema]
    return f"{words} {', '.join(bounds)}".strip()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
