"""One source of pins: the lock. All else is made from it."""

import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("file", ["cpu.yaml", "gpu.yaml", "Dockerfile", "apptainer.def"])
def test_what_is_generated_is_up_to_date(file, pin):
    assert (ROOT / "envs" / file).read_text(encoding="utf-8") == pin.generated()[file], "run `python envs/pin.py`"


def test_lock_pins_every_dependency_exactly_and_no_cuda_wheel(pin):
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = pin.locked(text)
    assert len(pins) == sum(not line.startswith("#") and bool(line.strip()) for line in text.splitlines())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(pin.direct(project)) <= set(pins)
    assert not [name for name in pins if name.startswith(("nvidia", "cuda", "triton"))]
    assert "+" not in pins["torch"]
    assert "://" not in text


def closure(extras: tuple[str, ...]) -> set[str]:
    """Every installed distribution that this package needs, directly or not, by what they declare of themselves."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [("traindyn", extras)]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in wanted] or [{"extra": ""}]
            if requirement.marker is None or any(requirement.marker.evaluate(e) for e in environments):
                waiting.append((canonicalize_name(requirement.name), tuple(sorted(requirement.extras))))
    return {name for name, _ in seen} - {"traindyn"}


def test_everything_that_is_needed_is_pinned_at_what_is_installed(pin):
    pins = pin.locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    needed = {
        name for name in closure(("workflow", "formats", "dev")) if not name.startswith(("nvidia", "cuda", "triton"))
    }
    assert len(needed) > 100
    assert needed <= set(pins)
    installed = {name: distribution(name).version.partition("+")[0] for name in needed}
    assert installed == {name: pins[name] for name in needed}


@pytest.mark.parametrize(
    ("extra", "lock"), [(name, f"requirements-{name}.lock") for name in ("benchmark", "cluster", "docs")]
)
def test_other_locks_pin_their_extra_and_agree_with_the_main_one(extra, lock, pin):
    pins, main = (pin.locked((ROOT / file).read_text(encoding="utf-8")) for file in (lock, "requirements.lock"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(Requirement(text).name) for text in project["optional-dependencies"][extra]}
    assert wanted <= set(pins)
    assert {name: version for name, version in pins.items() if main.get(name, version) != version} == {}
