"""Scalars that a user hands to the recorder beside the weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch

from traindyn.errors import InputError
from traindyn.recording.layout import COORDINATES, DIMENSIONS

NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
RESERVED = {*COORDINATES, *DIMENSIONS, "weights"}


def checked(scalars: Mapping[str, Any]) -> dict[str, float | torch.Tensor]:
    """The scalars that are given (not None), those on the host as numbers.

    Raises:
        InputError: a name that a recording uses for something else or cannot hold, or a value that is not one number.
    """
    return {name: _number(name, value) for name, value in scalars.items() if value is not None}


def _number(name: str, value: Any) -> float | torch.Tensor:
    if name in RESERVED or not NAME.fullmatch(name):
        raise InputError(
            f"recorder.step: {name!r} cannot be a scalar's name: letters, digits and _ are allowed, "
            f"not {', '.join(sorted(RESERVED))}"
        )
    if isinstance(value, torch.Tensor) and value.device.type != "cpu" and value.numel() == 1:
        number = value.detach().reshape(())
        return number if number.dtype in (torch.float32, torch.float64) else number.float()
    try:
        return float(value.detach() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        shape = f" of shape {tuple(value.shape)}" if hasattr(value, "shape") else ""
        raise InputError(f"recorder.step: {name} must be one number, not a {type(value).__name__}{shape}") from None
