"""The kernel that runs a notebook: the Python that runs us, reached through sockets in a private folder."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from traindyn.warm.client import FOLDER, Started
from traindyn.warm.kits import KERNEL
from traindyn.warm.request import Request

_LONGEST_SOCKET_NAME = 90  # characters; the operating system allows 107, of which Jupyter appends some


class OwnKernelManager(AsyncKernelManager):
    """Starts ``sys.executable`` as the kernel, whatever kernels are installed, without using network ports.

    Ports of kernels that start at the same moment can clash; sockets in a folder of their own cannot. The
    folder holds the kernel's settings too, so that nobody's IPython profile changes what a notebook shows.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-", dir=_short_folder())
        connection_file = str(Path(self._folder.name) / "kernel.json")
        super().__init__(transport="ipc", connection_file=connection_file, **kwargs)

    @property
    def kernel_spec(self) -> KernelSpec:
        """This Python, never an installed kernel of the same name."""
        command = [sys.executable, "-m", "traindyn.notebooks.offline", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    # Jupyter declares the two methods synchronous in the base class and makes them coroutines in this one.
    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start it with ``kernel_environment`` on top of ours."""
        kwargs["env"] = {**os.environ, **kwargs.get("env", {}), **kernel_environment(self._folder.name)}
        await super().start_kernel(**kwargs)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
        """By a server that has imported what notebooks import, if there is one."""
        started = _started(kernel_cmd, kwargs["env"])
        if started is None:
            await super()._async_launch_kernel(kernel_cmd, **kwargs)
            return
        provisioner = self.provisioner
        assert isinstance(provisioner, LocalProvisioner)
        provisioner.process = started  # type: ignore[assignment]  # what it uses of a Popen
        provisioner.pid = started.pid
        self._reconcile_connection_info(provisioner.connection_info)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Remove the private folder with the sockets, once the kernel has ended."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()


def _started(command: list[str], environment: dict[str, str]) -> Started | None:
    servers = os.environ.get(FOLDER)
    if servers is None:
        return None
    own = {**environment, "JPY_PARENT_PID": str(os.getpid())}  # as Jupyter's own start of a kernel has it
    _, _, module, *arguments = command
    try:
        return Started(servers, KERNEL, Request("kernel", "module", module, arguments, str(Path.cwd()), own))
    except OSError:
        return None


def kernel_environment(folder: str) -> dict[str, str]:
    """What makes a run repeatable: this very package first on the path, fixed hashes, no display, one thread.

    A job limits the threads of its own process (`traindyn.jobs`); the kernel is another one.
    """
    package_root = str(Path(__file__).resolve().parents[2])
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "IPYTHONDIR": folder,
    }


def _short_folder() -> str | None:
    """Where sockets fit: the usual temporary folder unless its name is too long for a socket's."""
    return None if len(tempfile.gettempdir()) <= _LONGEST_SOCKET_NAME - len("/kernel-12345678/kernel-ipc-1") else "/tmp"
