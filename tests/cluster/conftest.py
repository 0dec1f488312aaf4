"""Slurm for the tests: one of their own on this host, or the site's where TRAINDYN_SLURM_FOLDER asks for it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from launched import Launched, running, small_workflow
from slurm import Clients, Slurm, missing

# A folder that the site's nodes share; tests that make a cluster fail are skipped there.
FOLDER = os.environ.get("TRAINDYN_SLURM_FOLDER")


@pytest.fixture(scope="session", autouse=True)
def _plugin():
    if find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("no snakemake-executor-plugin-slurm: pip install --requirement requirements-cluster.lock")


@pytest.fixture(scope="session")
def _started(_plugin):
    """What ends with the tests, last come first."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def own_slurm(_started):
    """A factory of Slurms that tests may break."""
    if FOLDER:
        pytest.skip("breaks a cluster, so not with the site's (TRAINDYN_SLURM_FOLDER is set)")
    if absent := missing():
        pytest.skip(f"no {', '.join(absent)}: apt-get install slurm-wlm munge")

    def make(**size: int) -> Slurm:
        folder = Path(tempfile.mkdtemp(prefix="slurm", dir="/tmp"))  # paths of sockets are limited to 107 bytes
        _started.callback(shutil.rmtree, folder)
        slurm = Slurm(folder, **size)
        _started.callback(slurm.stop)
        try:
            slurm.start()
        except (TimeoutError, subprocess.SubprocessError) as error:
            pytest.fail(f"Slurm does not start: {error}\n{slurm.logs()}")
        return slurm

    return make


@pytest.fixture(scope="session")
def slurm(request):
    """The cluster of tests that break nothing."""
    if not FOLDER:
        return request.getfixturevalue("own_slurm")()
    clients = Clients(dict(os.environ))
    if not clients.client("sinfo", check=False):
        pytest.skip("TRAINDYN_SLURM_FOLDER is set, but no Slurm answers sinfo")
    return clients


@pytest.fixture(scope="session")
def launched(tmp_path_factory, _started):
    """A factory: folder of a workflow on a cluster."""

    def make(name: str, fill, cluster: Clients) -> Launched:
        base = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=FOLDER)) if FOLDER else tmp_path_factory.mktemp(name)
        fill(base / "study")
        study = Launched(base / "study", cluster)
        _started.callback(study.end)
        return study

    return make


@pytest.fixture(scope="session")
def limits(launched, slurm):
    """A started run with a job for each thing that can go wrong."""
    study = launched("limits", small_workflow, slurm)
    study.start("limits")
    return study


@pytest.fixture(scope="session")
def lost(launched, own_slurm):
    """A started run whose job has just lost its node."""
    study = launched("lost", small_workflow, own_slurm())
    run = study.start("lasting1.txt")
    study.until(run, lambda jobs: len(running(jobs, "lasting")) == 1 and (study.folder / "writers1.txt").exists())
    (study.lost,) = running(study.jobs(), "lasting").node
    study.cluster.kill_node(study.lost)
    return study


@pytest.fixture(scope="session")
def _under_way(limits, lost):
    """Runs that mostly wait are started before those that compute."""
