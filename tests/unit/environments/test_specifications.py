"""What can be known of the environments without channel or registry: specifications parse, pins are exact."""

import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import Channel, MatchSpec, Subdir

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = ("cpu", "gpu")
LOCKS = sorted(path.stem for path in (ROOT / "envs").glob("*.lock"))
CUDA = ("cuda-", "nvidia-", "triton")


def specification(name: str) -> tuple[list[str], list[str], list[str]]:
    """Channels, conda's specs and pip's of an environment."""
    raw = yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert set(raw) == {"channels", "dependencies"}
    *conda, last = raw["dependencies"]
    assert set(last) == {"pip"}
    return raw["channels"], conda, last["pip"]


def pinned(name: str) -> dict[str, str]:
    """Package → version of an environment's pip part."""
    requirements = [Requirement(line) for line in specification(name)[2]]
    assert all(re.fullmatch("==[^*,]+", str(requirement.specifier)) for requirement in requirements)
    return {requirement.name: str(requirement.specifier)[2:] for requirement in requirements}


def locked(lock: str) -> dict[str, str]:
    """Package → version of an explicit lock."""
    lines = [line for line in (ROOT / "envs" / f"{lock}.lock").read_text("utf-8").splitlines() if line[0] != "#"]
    matches = [re.fullmatch(r"([a-z0-9-]+)==(\S+) --hash=sha256:[0-9a-f]{64}", line) for line in lines]
    assert all(matches), lines
    return {match[1]: match[2] for match in matches}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_condas_part_is_exact_and_parses_strictly(name):
    channels, conda, _ = specification(name)
    assert [Channel(channel).name for channel in channels] == ["conda-forge", "nodefaults"]
    specs = [MatchSpec(text, strict=True) for text in conda]
    assert [spec.name.normalized for spec in specs] == ["python", "pip"]
    assert all(str(spec.version).startswith("==") for spec in specs), "one equals sign means any later build of it"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pips_part_is_exact(name):
    assert {"torch", "snakemake", "numpy"} <= set(pinned(name))


def test_the_gpu_environment_is_the_other_and_the_cuda_libraries():
    cpu, gpu = pinned("cpu"), pinned("gpu")
    besides = {name: version for name, version in gpu.items() if name not in cpu}
    assert gpu == cpu | besides
    assert all(name.startswith(CUDA) for name in besides)
    assert {"triton", "nvidia-cudnn-cu13", "nvidia-nccl-cu13", "nvidia-cublas"} <= set(besides)


@pytest.mark.parametrize("lock", LOCKS)
def test_explicit_locks_have_the_pins_of_the_one_lock(lock, pin):
    pins, shared = locked(lock), pin.read_pins("requirements.lock")
    apart = {name for name in pins if pins[name] != shared.get(name)}
    # What requirements.lock, made on Linux without CUDA, cannot hold.
    assert all(name.startswith(CUDA) for name in apart - {"appnope"})
    assert set(pinned("cpu")) <= set(pins)
    assert any(name.startswith(CUDA) for name in pins) == lock.startswith("gpu")


def test_locks_are_named_after_platforms_that_conda_knows():
    assert LOCKS == ["cpu-osx-arm64", "gpu-linux-64", "gpu-linux-aarch64"]
    assert all(str(Subdir(lock.partition("-")[2])) == lock.partition("-")[2] for lock in LOCKS)
