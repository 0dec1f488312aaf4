"""One layer of neurons without hidden ones."""

from collections import OrderedDict
from math import prod

from pydantic import Field
from torch import nn

from traindyn.architectures.base import Architecture
from traindyn.architectures.mlp import ACTIVATIONS, Activation


class SingleLayer(Architecture):
    """y = f(Wx + b), the layer `output` and an activation after it; of one input and one output: two neurons."""

    activation: Activation = Field(description="activation f of the outputs")
    bias: bool = Field(True, description="whether there is a b")

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        layer = nn.Linear(prod(input_shape), output_size, bias=self.bias)
        return nn.Sequential(OrderedDict(flatten=nn.Flatten(), output=layer, activation=ACTIVATIONS[self.activation]()))
