"""One source of pins: the lock. The conda environment is made from it."""

import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pin():
    spec = importlib.util.spec_from_file_location("pin", ROOT / "envs" / "pin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_conda_environment_is_up_to_date(pin):
    assert (ROOT / "envs" / "cpu.yaml").read_text(encoding="utf-8") == pin.environment(), "run `python envs/pin.py`"


def test_lock_pins_every_dependency_exactly_and_no_cuda_wheel(pin):
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = pin.locked(text)
    assert len(pins) == sum(not line.startswith("#") and bool(line.strip()) for line in text.splitlines())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(pin.direct(project)) <= set(pins)
    assert not [name for name in pins if name.startswith(("nvidia", "cuda", "triton"))]
    assert "+" not in pins["torch"]
    assert "://" not in text
