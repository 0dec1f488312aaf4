"""Dynamical Similarity Analysis: of two operators, the angle that is left after the best orthogonal change of basis.

`dsa-metric` searches that change by 1,500 steps of Adam, one comparison after the other: 7 s of CPU for each of the
thousands that known answers need. Here many searches are one: DSA's own network, stacked, takes the same steps.
"""

from __future__ import annotations

import numpy as np
import torch
from DSA.simdist import CayleyMap, LearnableSimilarityTransform, Skew
from torch.func import functional_call
from torch.nn.utils import parametrize


def angles(A: np.ndarray, B: np.ndarray, iterations: int, rate: float) -> np.ndarray:
    """The angle (radians) of every two operators: (n, k, k) twice -> (n,). `iterations` of Adam at `rate`.

    As DSA does it, B is also taken with its first two coordinates exchanged, which reaches the orthogonal matrices of
    determinant -1, and the search that ends with the lower loss counts.
    """
    exchange = np.eye(B.shape[-1])
    if len(exchange) > 1:
        exchange[[0, 1]] = exchange[[1, 0]]
    targets = torch.as_tensor(_scaled(np.concatenate([A, A])), dtype=torch.float32)
    turned = torch.as_tensor(_scaled(np.concatenate([B, exchange @ B @ exchange.T])), dtype=torch.float32)
    losses, found = _searched(targets, turned, iterations, rate)
    cosines = (targets * found).sum((-2, -1)).reshape(2, -1)
    best = losses.reshape(2, -1).argmin(0)
    return torch.arccos(cosines.gather(0, best[None])[0].clip(-1, 1)).double().numpy()


def _searched(A: torch.Tensor, B: torch.Tensor, iterations: int, rate: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Losses ‖A - C B Cᵀ‖² before the last step, and C B Cᵀ after it."""
    networks = [_network(A.shape[-1]) for _ in range(len(A))]
    states = [dict(network.named_parameters()) for network in networks]
    weights = {name: torch.stack([state[name] for state in states]).detach().requires_grad_() for name in states[0]}
    buffers = dict(networks[0].named_buffers())
    optimizer = torch.optim.Adam(weights.values(), lr=rate)

    def transformed(weights: dict[str, torch.Tensor], B: torch.Tensor) -> torch.Tensor:
        return functional_call(networks[0], (weights, buffers), (B,))

    losses = torch.full((len(A),), float("nan"))
    for _ in range(iterations):
        optimizer.zero_grad()
        losses = (A - torch.vmap(transformed)(weights, B)).square().sum((-2, -1))
        losses.sum().backward()
        optimizer.step()
    with torch.no_grad():
        return losses.detach(), torch.vmap(transformed)(weights, B)


def _network(size: int) -> LearnableSimilarityTransform:
    network = LearnableSimilarityTransform(size)
    parametrize.register_parametrization(network, "C", Skew(size, "cpu"))
    parametrize.register_parametrization(network, "C", CayleyMap(size, "cpu"))
    return network


def _scaled(operators: np.ndarray) -> np.ndarray:
    return operators / np.linalg.norm(operators, axis=(-2, -1), keepdims=True)
