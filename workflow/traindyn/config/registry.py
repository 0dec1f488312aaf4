"""Tasks, architectures and optimizers by name: a file of their room, or an import path of the user's.

Nothing is listed by hand: a new file in the room is a new name. The class is imported only when it is asked for.
"""

import importlib
import pkgutil
from functools import cache
from typing import Any, Literal, cast

from pydantic import BaseModel

from traindyn.config.load import checked
from traindyn.config.plans import Component
from traindyn.errors import InputError

Kind = Literal["task", "architecture", "optimizer"]
ROOMS: dict[Kind, str] = {
    "task": "traindyn.tasks",
    "architecture": "traindyn.architectures",
    "optimizer": "traindyn.optimizers",
}


@cache
def component_names(kind: Kind) -> tuple[str, ...]:
    """The names that the room offers."""
    room = importlib.import_module(ROOMS[kind])
    return tuple(sorted(m.name for m in pkgutil.iter_modules(room.__path__) if not m.ispkg and m.name != "base"))


def component_module(kind: Kind, name: str) -> str:
    """The dotted module in which a component lives, without importing it."""
    return name.partition(":")[0] if ":" in name else f"{ROOMS[kind]}.{name}"


def component_class(kind: Kind, name: str) -> type[BaseModel]:
    """The class behind a name.

    Raises:
        InputError: for a name that the room has not, or an import path that does not lead to such a class.
    """
    base = importlib.import_module(f"{ROOMS[kind]}.base")
    ancestor = getattr(base, kind.capitalize())
    if ":" in name:
        found = _imported(kind, name)
    elif name in component_names(kind):
        found = _defined_in(importlib.import_module(component_module(kind, name)), ancestor)
    else:
        raise InputError(
            f"{kind} {name!r} is unknown; allowed: {', '.join(component_names(kind))}, or an import path module:Class"
        )
    if not (isinstance(found, type) and issubclass(found, ancestor)):
        raise InputError(f"{kind} {name!r}: {found!r} is not a subclass of {ancestor.__module__}.{ancestor.__name__}")
    return cast(type[BaseModel], found)


def build_component(kind: Kind, component: Component, source: str = "") -> Any:
    """The component with its options checked (source: the configuration key, for error messages)."""
    return checked(component_class(kind, component.name), component.options(), source or f"{kind} {component.name}")


def _imported(kind: Kind, path: str) -> object:
    module, _, attribute = path.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except Exception as error:  # the module is the user's: whatever is wrong in it can surface here
        reason = str(error) if isinstance(error, ImportError | AttributeError) else repr(error)
        raise InputError(f"{kind} {path!r} cannot be imported: {reason}") from error


def _defined_in(module: Any, ancestor: type) -> object:
    own = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
    return next((c for c in own if issubclass(c, ancestor)), None)
