"""A small training loop of a user, for the tests of the recorder."""

import numpy as np
import torch
from torch import nn

INPUTS, TARGETS = torch.randn(2, 12, 3, generator=torch.Generator().manual_seed(0)).unbind()


def network(seed=1):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3))


def loop(model, steps, recorder=None, *, start=0, lr=0.1, **scalars):
    """Train; weights (step, weight) and losses (step,) before every optimizer step."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    weights, losses = [], []
    for step in range(start, steps):
        loss = (model(INPUTS) - TARGETS).square().mean()
        weights.append(flat(model).numpy())
        losses.append(loss.item())
        if recorder:
            number = [step] if start and step == start else []  # as after a checkpoint
            recorder.step(*number, loss=loss, **{name: value(step) for name, value in scalars.items()})
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(weights), np.array(losses)


def flat(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])
