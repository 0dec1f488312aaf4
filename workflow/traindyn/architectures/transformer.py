"""One-layer decoder-only transformer, as in studies of grokking (Nanda et al. 2023)."""

from math import sqrt

import torch
from pydantic import Field, model_validator
from torch import nn
from torch.nn import functional

from traindyn.architectures.base import Architecture
from traindyn.errors import InputError


def _normal(*shape: int, scale: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(*shape) / sqrt(scale))


class _Attention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        d_head = d_model // heads
        self.W_K = _normal(heads, d_head, d_model, scale=d_model)
        self.W_Q = _normal(heads, d_head, d_model, scale=d_model)
        self.W_V = _normal(heads, d_head, d_model, scale=d_model)
        self.W_O = _normal(d_model, heads * d_head, scale=d_model)

    def forward(self, entering: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """What the last position gathers (sample, d_model); entering (position, token, d_model) is the block's input.

        The causal mask hides nothing from the last query.
        """
        places = torch.arange(len(entering), device=entering.device)
        keys, values, queries = (_per_head(entering, weights) for weights in (self.W_K, self.W_V, self.W_Q))
        # The scores of all pairs of tokens are few beside the keys of all samples.
        scores = torch.einsum("pkhd,qhd->pkqh", keys, queries[-1]) / sqrt(self.W_Q.shape[1])
        attention = scores[places, tokens, tokens[:, -1:]].softmax(1)
        # Products and sums: a matrix product for each sample and head would be a crowd of tiny ones.
        gathered = (attention.unsqueeze(-1) * values[places, tokens]).sum(1)
        return functional.linear(gathered.flatten(1), self.W_O)


def _per_head(x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Projections (…, head, d_head) of x (…, d_model)."""
    return functional.linear(x, weights.flatten(0, 1)).unflatten(-1, weights.shape[:2])


class _MLP(nn.Module):
    def __init__(self, d_model: int, d_mlp: int) -> None:
        super().__init__()
        self.W_in = _normal(d_mlp, d_model, scale=d_model)
        self.b_in = nn.Parameter(torch.zeros(d_mlp))
        self.W_out = _normal(d_model, d_mlp, scale=d_model)
        self.b_out = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # In place: of all that a step computes, the hidden units take the most memory.
        return functional.linear(functional.linear(x, self.W_in, self.b_in).relu_(), self.W_out, self.b_out)


class _Transformer(nn.Module):
    def __init__(self, positions: int, vocabulary: int, plan: "Transformer") -> None:
        super().__init__()
        self.embed = nn.ParameterDict({"W_E": _normal(vocabulary, plan.d_model, scale=plan.d_model)})
        self.pos_embed = nn.ParameterDict({"W_pos": _normal(positions, plan.d_model, scale=plan.d_model)})
        self.attn = _Attention(plan.d_model, plan.heads)
        self.mlp = _MLP(plan.d_model, plan.d_mlp)
        self.unembed = nn.ParameterDict({"W_U": _normal(plan.d_model, vocabulary, scale=vocabulary)})

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        # Without layer norm, keys, queries and values are linear in what enters the block, and that depends on token
        # and position alone: they are computed once for each of these few pairs and looked up for the many samples.
        entering = self.embed["W_E"] + self.pos_embed["W_pos"].unsqueeze(1)
        last = entering[-1][tokens[:, -1]] + self.attn(entering, tokens)
        return (last + self.mlp(last)) @ self.unembed["W_U"]


class Transformer(Architecture):
    """Logits over the vocabulary after the last token: one block of attention and MLP (ReLU), no layer norm.

    Weights: `embed.W_E`, `pos_embed.W_pos`, `attn.W_K`, `.W_Q`, `.W_V`, `.W_O` (no biases), `mlp.W_in`, `.b_in`,
    `.W_out`, `.b_out`, `unembed.W_U` (not tied to W_E). Initially normal with variance 1/d_model, in W_U
    1/vocabulary, biases zero. In a single block the last position's logits depend on its own query alone: the other
    positions' logits are not computed.
    """

    d_model: int = Field(128, ge=1, description="width of the residual stream")
    heads: int = Field(4, ge=1, description="attention heads; each has d_model / heads dimensions")
    d_mlp: int = Field(512, ge=1, description="hidden units of the MLP")

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "Transformer":
        if self.d_model % self.heads:
            raise ValueError(f"d_model {self.d_model} must be a multiple of heads {self.heads}")
        return self

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        if len(input_shape) != 1:
            raise InputError(f"a transformer reads a row of tokens; the task's inputs have shape {input_shape}")
        return _Transformer(input_shape[0], output_size, self)
