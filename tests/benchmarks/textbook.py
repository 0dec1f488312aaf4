"""The transformer as textbooks write it, on the weights of this project's: all positions, all tokens of all samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def all_positions(network: Any, tokens: torch.Tensor) -> torch.Tensor:
    """Logits (sample, vocabulary) after the last of the tokens (sample, position), beside those of the others."""
    from torch.nn import functional

    def heads(weights: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, weights.flatten(0, 1)).unflatten(-1, weights.shape[:2]).transpose(1, 2)

    x = network.embed["W_E"][tokens] + network.pos_embed["W_pos"]
    queries, keys, values = (heads(weights) for weights in (network.attn.W_Q, network.attn.W_K, network.attn.W_V))
    gathered = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    x = x + functional.linear(gathered.transpose(1, 2).flatten(2), network.attn.W_O)
    x = x + network.mlp(x)
    return (x @ network.unembed["W_U"])[:, -1]
