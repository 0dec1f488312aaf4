"""What networks answer to all masked versions of an input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from traindyn.interactions.variables import masked

Network = Callable[[torch.Tensor], torch.Tensor]
MOST_VALUES = 1 << 22  # of masked inputs in memory at once


def log_odds(outputs: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """log p/(1 − p) (…) of the target class, of logits (…, class): its logit less the others' log-sum-exp.

    Exact where p rounds to 0 or 1.
    """
    index = target.expand(outputs.shape[:-1]).unsqueeze(-1)
    others = outputs.scatter(-1, index, -torch.inf).logsumexp(-1)
    return outputs.gather(-1, index).squeeze(-1) - others


def masked_outputs(
    network: Network, sample: torch.Tensor, target: torch.Tensor, variable: torch.Tensor, baseline: torch.Tensor
) -> np.ndarray:
    """v (2ⁿ,) of a sample (*shape) with a target (), for every set of variables that keep their values."""
    masks = np.arange(1 << (int(variable.max()) + 1))
    blocks = np.array_split(masks, -(-len(masks) * sample.numel() // MOST_VALUES))
    found = [log_odds(network(masked(sample, variable, baseline, block)), target) for block in blocks]
    return torch.cat(found).numpy()
