"""Is a network at a local equilibrium, where the changes of its weights average to nothing?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation (weight,) over samples of the changes of each weight."""

    mean: torch.Tensor
    deviation: torch.Tensor

    @property
    def ratio(self) -> float:
        """‖mean‖ / √(Σ variance): small against 1 at a local equilibrium; NaN where nothing changes at all."""
        return float(torch.linalg.vector_norm(self.mean) / torch.linalg.vector_norm(self.deviation))


def moments(blocks: Iterable[torch.Tensor]) -> Moments:
    """Of changes (sample, weight) that come block by block."""
    count, mean, squares = 0, torch.zeros(()), torch.zeros(())
    for block in blocks:
        # Chan's update: sums of squares would lose what a small mean is compared with.
        added, own = len(block), block.mean(0)
        apart = own - mean
        squares = squares + ((block - own) ** 2).sum(0) + apart**2 * (count * added / (count + added))
        mean = mean + apart * (added / (count + added))
        count += added
    return Moments(mean, (squares / count).sqrt())
