"""What Snakemake asks of conda, for machines without a channel: an environment is a virtual environment of this Python,
in which pip installs the pip part of the specification. Conda's own part, Python and pip, stays as it is here.

The CUDA libraries, gigabytes, are left out unless TRAINDYN_DOWNLOAD_CUDA is set.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

CUDA = ("cuda-", "nvidia-", "triton")
ACTIVATE = """\
echo "$(basename "$1")" >> {folder}/activated
export PATH="$1/bin:$PATH"
"""


def write(folder: Path) -> Path:
    """Make conda's folder, with its commands in `bin`; returns that."""
    commands = folder / "bin"
    commands.mkdir(parents=True)
    (commands / "activate").write_text(ACTIVATE.format(folder=folder))
    (commands / "conda").write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {folder} "$@"\n')
    (commands / "conda").chmod(0o755)
    return commands


def create(specification: Path, prefix: Path) -> None:
    """The environment of a specification."""
    parts = yaml.safe_load(specification.read_text(encoding="utf-8"))["dependencies"]
    pins = next(part["pip"] for part in parts if isinstance(part, dict))
    wanted = [pin for pin in pins if os.environ.get("TRAINDYN_DOWNLOAD_CUDA") or not pin.startswith(CUDA)]
    subprocess.run([sys.executable, "-m", "venv", str(prefix)], check=True)
    pip = [str(prefix / "bin" / "python"), "-m", "pip"]
    options = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, "install", *options, *wanted], check=True)
    subprocess.run([*pip, "check"], check=True)


def answer(folder: str, arguments: list[str]) -> None:
    """One call of conda."""
    if arguments == ["info", "--json"]:
        print(json.dumps({"conda_prefix": folder, "platform": "linux-64"}))
    elif arguments == ["--version"]:
        print("conda 99.0.0")
    elif arguments[0] == "config":
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif arguments[0] == "clean":
        pass
    elif arguments[:2] == ["env", "create"]:
        create(*(Path(arguments[arguments.index(option) + 1]) for option in ("--file", "--prefix")))
    else:
        sys.exit(f"conda's stand-in cannot: {arguments}")


if __name__ == "__main__":
    answer(sys.argv[1], sys.argv[2:])
