"""Servers and the processes that they fork, as those see them who ask for some."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from traindyn.warm.kits import KITS
from traindyn.warm.request import Request

# Where the servers' sockets are, for processes that ask for others.
FOLDER = "TRAINDYN_WARM"
# What libraries read once, when they are imported. Jobs set their threads themselves; a kernel that has a parent is
# silent about ways to connect to it; POT need not look for PyTorch.
_ENVIRONMENT = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "JPY_PARENT_PID": "1",
    "POT_BACKEND_DISABLE_PYTORCH": "1",
}


class Servers:
    """One server for each kit that was needed so far; they end with this process."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="traindyn-")
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def ensure(self, kit: str) -> None:
        """Start the kit's server if there is none; it answers when it has imported."""
        with self._lock:
            if kit not in self._running or self._running[kit].poll() is not None:
                self._running[kit] = self._start(kit)

    def end(self) -> None:
        """End them, with all that they have started."""
        for server in self._running.values():
            assert server.stdin is not None
            server.stdin.close()
            server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, kit: str) -> subprocess.Popen[bytes]:
        address = Path(self.folder, kit)
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address))
            listener.listen(128)
            command = [sys.executable, "-P", "-m", "traindyn.warm.server", str(listener.fileno()), *KITS[kit]]
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                pass_fds=(listener.fileno(),),
                env={**os.environ, **_ENVIRONMENT},
            )


class Started:
    """A process that a server forked: what of `subprocess.Popen` Snakemake and Jupyter use of it."""

    stdin = stdout = stderr = None

    def __init__(self, folder: str, kit: str, request: Request) -> None:
        """Ask the server of the kit.

        Raises:
            OSError: there is none, or it died.
        """
        self._connection = socket.socket(socket.AF_UNIX)
        try:
            self._connection.connect(str(Path(folder, kit)))
            self._connection.sendall(request.line())
            answer = self._answer()
            if answer is None:
                raise ConnectionResetError(f"the server of {kit} died")
        except OSError:
            self._connection.close()
            raise
        self.pid = answer
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The status if the process has ended, as `Popen` has it."""
        return self._status(0)

    def wait(self, timeout: float | None = None) -> int:
        """The status when the process has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _status(self, timeout: float | None) -> int | None:
        if self.returncode is None and self._answers_within(timeout):
            answer = self._answer()
            # A server that is killed takes its processes along.
            self.returncode = -signal.SIGKILL if answer is None else answer
            self._connection.close()
        return self.returncode

    def _answers_within(self, timeout: float | None) -> bool:
        waiting = select.poll()
        waiting.register(self._connection, select.POLLIN)
        return bool(waiting.poll(None if timeout is None else 1000 * timeout))

    def _answer(self) -> int | None:
        """The number in one line, letter by letter: the next line is not for now. None where the server is gone."""
        line = b""
        while not line.endswith(b"\n"):
            letter = self._connection.recv(1)
            if not letter:
                return None
            line += letter
        return int(line)
