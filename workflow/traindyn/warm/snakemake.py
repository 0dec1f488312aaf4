"""Snakemake's scripts, started by servers."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from traindyn.warm.client import FOLDER, Servers, Started
from traindyn.warm.kits import kits_for
from traindyn.warm.request import Request

COLD = "TRAINDYN_COLD"  # set: every job imports for itself
# As Snakemake's own start of a script has it.
_THREADS = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")
_FOLDERS = ("TMPDIR", "TMP", "TEMPDIR", "TEMP")


def install() -> None:
    """From now on, scripts that this process would run by its own Python are run by servers.

    It replaces a method of Snakemake that is not public. Where a server cannot be asked, Snakemake's own is called; a
    Snakemake without this method is left as it is.
    """
    if sys.platform != "linux" or os.environ.get(COLD):
        return
    try:
        from snakemake.benchmark import benchmarked  # type: ignore[import-untyped]
        from snakemake.script import PythonScript  # type: ignore[import-untyped]

        cold = vars(PythonScript)["execute_script"]
    except (ImportError, KeyError):
        return
    servers = Servers()
    atexit.register(servers.end)
    os.environ[FOLDER] = servers.folder

    def execute_script(self: Any, fname: str, edit: bool = False) -> None:
        elsewhere = self.conda_env or self.container_img or self.env_modules
        started = None if elsewhere else _started(servers, self, fname)
        if started is None:
            cold(self, fname, edit)
            return
        with benchmarked(started.pid, self.bench_record):
            status = started.wait()
        if status:
            raise subprocess.CalledProcessError(status, fname)

    PythonScript.execute_script = execute_script


def _started(servers: Servers, script: Any, file: str) -> Started | None:
    name = Path(file).stem.rpartition(".")[2]
    kits = kits_for(name)
    try:
        for kit in kits:
            servers.ensure(kit)
        request = Request(name, "file", file, [], str(Path.cwd()), _environment(script))
        return Started(servers.folder, kits[0], request)
    except OSError:
        return None


def _environment(script: Any) -> dict[str, str]:
    threads = {f"{name}_NUM_THREADS": str(script.threads) for name in _THREADS}
    folder = script.resources.get("tmpdir")
    return {**os.environ, **threads, **(dict.fromkeys(_FOLDERS, folder) if folder else {})}
