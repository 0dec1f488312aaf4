"""Slurm for the tests: one of their own on this host, or the site's where TRAINDYN_SLURM_FOLDER asks for it."""

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from launched import Launched
from slurm import Clients, Slurm, missing

# A folder that the site's nodes share; tests that make a cluster fail are skipped there.
FOLDER = os.environ.get("TRAINDYN_SLURM_FOLDER")


@pytest.fixture(scope="session", autouse=True)
def _plugin():
    if find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("no snakemake-executor-plugin-slurm: pip install --requirement requirements-cluster.lock")


@pytest.fixture(scope="session")
def own_slurm(_plugin):
    """A Slurm that tests may break; it is whole again after each."""
    if FOLDER:
        pytest.skip("breaks a cluster, so not with the site's (TRAINDYN_SLURM_FOLDER is set)")
    if absent := missing():
        pytest.skip(f"no {', '.join(absent)}: apt-get install slurm-wlm munge")
    folder = Path(tempfile.mkdtemp(prefix="slurm", dir="/tmp"))  # short: paths of sockets are limited to 107 bytes
    slurm = Slurm(folder)
    try:
        slurm.start()
    except (TimeoutError, subprocess.SubprocessError) as error:
        slurm.stop()
        pytest.fail(f"Slurm does not start: {error}\n{slurm.logs()}")
    yield slurm
    slurm.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def slurm(request):
    """The cluster of tests that break nothing."""
    if not FOLDER:
        return request.getfixturevalue("own_slurm")
    clients = Clients(dict(os.environ))
    if not clients.client("sinfo", check=False):
        pytest.skip("TRAINDYN_SLURM_FOLDER is set, but no Slurm answers sinfo")
    return clients


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """A factory: folder of a workflow on a cluster; what still runs is ended with the module's tests."""
    made = []

    def make(name: str, fill, cluster: Clients) -> Launched:
        base = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=FOLDER)) if FOLDER else tmp_path_factory.mktemp(name)
        fill(base / "study")
        made.append(Launched(base / "study", cluster))
        return made[-1]

    yield make
    for each in made:
        each.end()
