"""`python -P -m traindyn.warm.server <socket> <modules…>`: imports the modules, then forks for whoever asks.

A request comes on a connection of its own. Its answers are two lines: the process's number, in the end its status.
Who closes the connection before, or dies, ends the process; the server ends with the one who started it, when its
standard input does, and its processes end with it.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from traindyn.warm.request import Request, parsed

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class _Server:
    def __init__(self, listener: socket.socket, handlers: dict[signal.Signals, Any]) -> None:
        """handlers: those that the processes which are forked shall have."""
        self._listener = listener
        self._handlers = {**handlers, signal.SIGCHLD: signal.SIG_DFL}
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        # The system's word that a process has ended, among the other events.
        self._ended, self._ends = socket.socketpair()
        for end in (self._ended, self._ends):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._ends.fileno())
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._ended, selectors.EVENT_READ)
        self._selector.register(sys.stdin, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Returns in every process that it forked, with what that is to do; in its own, None in the end."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    request = self._fork()
                    if request is not None:
                        return request
                elif key.fileobj is self._ended:
                    self._reap()
                elif key.fileobj is sys.stdin:
                    return None
                else:
                    self._abandoned(key.data)

    def _fork(self) -> Request | None:
        connection, _ = self._listener.accept()
        with connection.makefile("rb") as file:
            line = file.readline()
        if not line.endswith(b"\n"):  # gone before all was said
            connection.close()
            return None
        server, child = os.getpid(), os.fork()
        if child == 0:
            connection.close()
            self._leave(server)
            return parsed(line)
        self._children[child] = connection
        self._selector.register(connection, selectors.EVENT_READ, child)
        _tell(connection, child)
        return None

    def _leave(self, server: int) -> None:
        """In a process that was forked: end when the server does, have nothing of it besides."""
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != server:  # it ended before that was said
            os._exit(1)
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._selector.close()
        for each in (self._listener, self._ended, self._ends, *self._children.values()):
            each.close()

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            while self._ended.recv(4096):
                pass
        with suppress(ChildProcessError):
            while True:
                child, status = os.waitpid(-1, os.WNOHANG)
                if child == 0:
                    break
                connection = self._children.pop(child)
                _tell(connection, os.waitstatus_to_exitcode(status))
                with suppress(KeyError):
                    self._selector.unregister(connection)
                connection.close()

    def _abandoned(self, child: int) -> None:
        if child in self._children:  # it may have ended at the same moment
            self._selector.unregister(self._children[child])
            os.kill(child, signal.SIGKILL)


class _ShortEnd:
    """Ends a process without taking its memory apart, once all else is done that is to be done at the end.

    Python would touch every object of the libraries, which are the server's memory until then: each page is copied
    first, half a second a job.
    """

    def __init__(self) -> None:
        """Who is told first to come at the end comes last: to be made before anything is imported."""
        self.earned = False
        atexit.register(self._end)

    def _end(self) -> None:
        if self.earned:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)


def _tell(connection: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody listens
        connection.sendall(b"%d\n" % number)


def _run(request: Request) -> None:
    """Be that program, to the end of this process."""
    Path("/proc/self/comm").write_text(request.name[:15], encoding="utf-8")
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    sys.argv = [request.program, *request.arguments]
    # Python's own first place was left out, so that no file of the working directory was taken for a library.
    if request.kind == "file":
        sys.path.insert(0, str(Path(request.program).parent))
        runpy.run_path(request.program, run_name="__main__")
    else:
        sys.path.insert(0, request.folder)
        runpy.run_module(request.program, run_name="__main__", alter_sys=True)


def main() -> None:
    """The server, and in each process that it forks the program that was asked for."""
    # Ctrl-C and a scheduler's notice of the end are for those who work: a training then writes its checkpoint.
    handlers = {notice: signal.signal(notice, signal.SIG_IGN) for notice in (signal.SIGINT, signal.SIGTERM)}
    end = _ShortEnd()
    gc.disable()
    for name in sys.argv[2:]:
        with suppress(ImportError):  # whoever needs it will say so
            import_module(name)
    # What is there now stays: looking for garbage in it would copy it for each process.
    gc.freeze()
    gc.enable()
    listener = socket.socket(fileno=int(sys.argv[1]))
    address = Path(listener.getsockname())
    request = _Server(listener, handlers).serve()
    if request is not None:
        _run(request)
        end.earned = True
        return
    # Who started it may have been killed. The last one removes the folder.
    with suppress(OSError):
        address.unlink()
        address.parent.rmdir()


if __name__ == "__main__":
    main()
