"""`make test-environments`: the environments in clean places, everything imported, a small study run in them.

Minutes, and downloads: not part of `make test`, which checks the specifications alone (tests/unit/environments).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import stand_in_conda
import yaml
from small_study import ROOT, Study

MODULES = {"pot": "ot", "pyyaml": "yaml", "scikit-learn": "sklearn"}
IMPORTED = """
import importlib, json, sys
print(json.dumps({name: importlib.import_module(name).__file__ for name in sys.argv[1:]}))
"""
ROOMS = ["claims", "compare", "config", "koopman", "notebooks", "plotting", "recording", "training", "validation"]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A small study whose jobs ran in the environments, and the folder of conda's stand-in."""
    folder = tmp_path_factory.mktemp("environments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([str(stand_in_conda.write(folder / "conda")), os.environ["PATH"]]))
        study = Study(folder / "study", "small.yaml")
        conda = ("--sdm", "conda", "--config", "environment=gpu")
        study.run("figures", "results/claims.csv", *conda, timeout=3600)
    return study, folder / "conda"


def environments(study: Study) -> dict[str, Path]:
    """cpu and gpu → the environment that was made of it."""
    files = (study.folder / ".snakemake" / "conda").glob("*.yaml")
    content = {(ROOT / "envs" / f"{name}.yaml").read_bytes(): name for name in ("cpu", "gpu")}
    return {content[file.read_bytes()]: file.with_suffix("") for file in files}


def test_trainings_ran_in_the_gpu_environment_and_all_else_in_the_other(done):
    study, conda = done
    activated = (conda / "activated").read_text().split()
    made = environments(study)
    assert set(made) == {"cpu", "gpu"}
    assert {*activated} == {folder.name for folder in made.values()}
    recordings = list(study.folder.glob("results/*/recordings/*/*/*.h5"))
    assert recordings
    # For each script, Snakemake also asks the environment for the version of its Python.
    assert activated.count(made["gpu"].name) == 2 * len(recordings)


@pytest.mark.parametrize("name", ["cpu", "gpu"])
def test_everything_is_imported_from_the_environment_and_the_package_from_the_workflow(name, done):
    study, _ = done
    prefix = environments(study)[name]
    parts = yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text(encoding="utf-8"))["dependencies"]
    names = [pin.partition("==")[0] for pin in parts[-1]["pip"] if not pin.startswith(stand_in_conda.CUDA)]
    modules = [MODULES.get(each, each.replace("-", "_")) for each in names]
    rooms = [f"traindyn.{room}" for room in ROOMS]
    command = [str(prefix / "bin" / "python"), "-c", IMPORTED, *modules, *rooms]
    package = study.folder / "workflow"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    found = subprocess.run(command, env=environment | {"PYTHONPATH": str(package)}, capture_output=True, text=True)
    files = json.loads(found.stdout or found.stderr)
    assert all(Path(files[module]).is_relative_to(prefix) for module in modules)
    assert all(Path(files[room]).is_relative_to(package) for room in rooms)


def test_the_gpu_lock_can_be_installed_as_it_stands(tmp_path):
    """Every file is there with its hash, and all versions go together: by the registry's metadata, nothing fetched."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "empty")], check=True)
    command = ["uv", "pip", "install", "--dry-run", "--python", str(tmp_path / "empty"), "--require-hashes"]
    lock = ROOT / "envs" / "gpu-linux-64.lock"
    done = subprocess.run(
        [sys.executable, "-m", *command, "--requirement", str(lock)], capture_output=True, text=True, timeout=800
    )
    assert done.returncode == 0, done.stderr
    pins = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    assert f"Would install {pins} packages" in done.stderr
