"""`python -m traindyn.notebooks.offline …`: a kernel whose Python opens no connection of the internet.

What a notebook draws comes from the tables that are its rule's inputs. Programs that it starts are not held back. The
kernel looks for garbage seldom.
"""

import gc
import runpy
import socket
import sys
from typing import Any

_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_CONNECTIONS = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
_INTERNET = (socket.AF_INET, socket.AF_INET6)
# What a figure is made of stays until it is drawn. Python would look for garbage at every 700 new objects.
_OBJECTS = 10_000


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which nothing takes off again: PermissionError for names and addresses of the internet."""
    if event in _NAMES or (event in _CONNECTIONS and arguments[0].family in _INTERNET):
        raise PermissionError(f"notebooks run without network ({event})")


if __name__ == "__main__":
    sys.addaudithook(refuse)
    gc.set_threshold(_OBJECTS)
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
