"""An optimizer's step, from gradients that are in place or from losses alone."""

import torch


def take_step(optimizer: torch.optim.Optimizer, losses: torch.Tensor) -> None:
    """One step of all networks; losses (seed, replica) are those of their weights as they are."""
    if getattr(optimizer, "evaluates", False):
        optimizer.step(lambda: losses)  # type: ignore[arg-type,return-value]
    else:
        optimizer.step()
