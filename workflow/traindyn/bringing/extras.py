"""Libraries that only some recordings need."""

import importlib
from types import ModuleType

from traindyn.errors import InputError


def needed(name: str, wanted_by: str) -> ModuleType:
    """The library of this name.

    Raises:
        InputError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"{wanted_by}: reading it needs {name}: pip install 'traindyn[formats]' ({error})") from error
