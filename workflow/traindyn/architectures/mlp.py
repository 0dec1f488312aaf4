"""Multilayer perceptron."""

from collections import OrderedDict
from math import prod
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import nn

from traindyn.architectures.base import Architecture

Activation = Literal["relu", "gelu", "tanh", "sigmoid", "softplus", "silu", "softsign", "arctan", "linear"]


class _Arctan(nn.Module):
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs.atan()


ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "silu": nn.SiLU,
    "softsign": nn.Softsign,
    "arctan": _Arctan,
    "linear": nn.Identity,
}


class MLP(Architecture):
    """Fully connected layers `hidden1`, `hidden2`, …, `output` with one activation between them."""

    hidden: list[Annotated[int, Field(ge=1)]] = Field(description="width of every hidden layer")
    activation: Activation = Field("relu", description="activation of the hidden layers")
    bias: bool = Field(True, description="whether the layers have biases")

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        widths = [prod(input_shape), *self.hidden]
        layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
        for number, (wide_in, wide_out) in enumerate(zip(widths, self.hidden, strict=False), start=1):
            layers[f"hidden{number}"] = nn.Linear(wide_in, wide_out, bias=self.bias)
            layers[f"activation{number}"] = ACTIVATIONS[self.activation]()
        layers["output"] = nn.Linear(widths[-1], output_size, bias=self.bias)
        return nn.Sequential(layers)
