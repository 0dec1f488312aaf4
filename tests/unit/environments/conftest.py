"""The generator of the environments, which is no package."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def pin():
    spec = importlib.util.spec_from_file_location("pin", Path(__file__).parents[3] / "envs" / "pin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
