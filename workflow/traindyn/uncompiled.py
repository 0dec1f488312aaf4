"""A stand-in for torch's compiler, which torch's optimizers import only to tell it to leave them alone.

That import, SymPy with it, takes as long as torch's own: in every training, and in the check before all jobs.
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

import torch

_NAME = "torch._dynamo"
Function = TypeVar("Function", bound=Callable[..., Any])


class _StandIn(ModuleType):
    """Nothing is compiled, so there is nothing to be done; whoever asks for more gets the compiler itself."""

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """Compiled code would end here."""

    @staticmethod
    def disable(function: Function, *_: object, **__: object) -> Function:
        """The function as it is."""
        return function

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":  # `inspect` asks every module, in the midst of imports that the compiler's would meet
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
            importlib.import_module(_NAME)
        return getattr(sys.modules[_NAME], name)


def leave_compiler_out() -> None:
    """Optimizers of torch.optim now run without torch's compiler; it is imported when anything else needs it."""
    if _NAME not in sys.modules:
        stand_in = _StandIn(_NAME)
        sys.modules[_NAME] = stand_in
        torch._dynamo = stand_in
