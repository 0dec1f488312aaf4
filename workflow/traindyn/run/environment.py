"""Where a run ran: versions, machine, commit, configuration. No date, so that equal runs give equal pages."""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from typing import Any

from traindyn.provenance import git_commit, versions

WORKFLOW_PACKAGES = ("pandas", "snakemake")


def environment(configuration: Mapping[str, Any]) -> dict[str, str]:
    """What → value, in words. configuration: the raw values that the run was given."""
    return {
        "configuration (SHA-256, first 16 digits)": configuration_hash(configuration),
        "root seed": str(configuration.get("seed", 0)),
        "git commit": git_commit(),
        **versions(),
        **{name: _version(name) for name in WORKFLOW_PACKAGES},
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
    }


def configuration_hash(configuration: Mapping[str, Any]) -> str:
    """The same for equal values, in whatever order they are written."""
    text = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
