"""Points and perturbations of the learning dynamics as vectors: a network's weights, then its optimizer's state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import torch


@dataclass(frozen=True)
class Part:
    """Coordinates of one stacked tensor: a weight, or what the optimizer keeps of it under the name `key`.

    shape: of one network's share, without the dimensions (seed, replica).
    """

    weight: int
    key: str | None
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return prod(self.shape)


def packed(tensors: Sequence[torch.Tensor], networks: int) -> torch.Tensor:
    """Tensors (*networks, *shape) side by side: (*networks, coordinate); `networks` is the number of their dimensions.

    The first tensor says which networks; every tensor has the same.
    """
    return torch.cat([tensor.reshape(*tensor.shape[:networks], -1) for tensor in tensors], dim=-1)


def unpacked(vectors: torch.Tensor, parts: Sequence[Part]) -> list[torch.Tensor]:
    """The tensors (*networks, *shape) of vectors (*networks, coordinate)."""
    pieces = vectors.split([part.size for part in parts], dim=-1)
    return [piece.reshape(*vectors.shape[:-1], *part.shape) for piece, part in zip(pieces, parts, strict=True)]
