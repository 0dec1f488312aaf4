"""Writes the conda environments from the lock, so that there is one source of pins: `make lock` runs it.

Every direct dependency of pyproject.toml gets the exact version of requirements.lock. What pip alone offers stays
with pip.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = "3.11"
HEADER = "# Generated from requirements.lock by envs/pin.py (`make lock`); do not edit.\n"


def normal(name: str) -> str:
    """A package's normalised name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, str]:
    """Name → version of a lock file."""
    pins = (line.partition("==") for line in text.splitlines() if "==" in line and not line.startswith("#"))
    return {normal(name): version.split()[0] for name, _, version in pins}


def direct(project: dict) -> list[str]:
    """Names of the direct dependencies that jobs need: the package's, the workflow's, those of formats."""
    extras = project["optional-dependencies"]
    listed = [*project["dependencies"], *extras["workflow"], *extras["formats"]]
    return sorted({normal(re.split(r"[<>=!~ \[;]", requirement)[0]) for requirement in listed})


def environment() -> str:
    """The CPU environment's YAML."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    lines = [f"      - {name}=={pins[name]}" for name in direct(project)]
    head = f"channels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python={PYTHON}\n"
    return f"{HEADER}{head}  - pip={pins['pip']}\n  - pip:\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "envs" / "cpu.yaml").write_text(environment(), encoding="utf-8")
