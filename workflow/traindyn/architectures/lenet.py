"""LeNet-5."""

from collections import OrderedDict
from typing import Annotated, Literal

from pydantic import Field, field_validator
from torch import nn

from traindyn.architectures.base import Architecture
from traindyn.architectures.mlp import ACTIVATIONS
from traindyn.errors import InputError

POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}
Two = Annotated[tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]], Field(strict=False)]


class LeNet(Architecture):
    """LeNet-5 (LeCun et al. 1998) as it is taught today: layers `conv1`, `conv2`, `hidden1`, `hidden2`, `output`.

    Two convolutions, each with an activation and halved by pooling, the first padded so that it keeps the image's
    size, then three full layers: 61,706 weights on 28 × 28 images. The original's sparse connections between feature
    maps, trainable pooling and radial basis outputs are left out. Its 5 × 5 kernels find no room in the second
    convolution of an 8 × 8 image; `kernel: 3` is the same network at that scale (13,994 weights on digits).
    """

    channels: Two = Field((6, 16), description="feature maps of the two convolutions")
    hidden: Two = Field((120, 84), description="widths of the two hidden full layers")
    kernel: int = Field(5, ge=1, description="side of the convolutions' kernels, odd; 3 for 8 × 8 images")
    activation: Literal["relu", "gelu", "tanh"] = Field("relu", description="activation; the original has a tanh")
    pooling: Literal["max", "average"] = Field("max", description="pooling; the original averages")

    @field_validator("kernel")
    @classmethod
    def _odd(cls, kernel: int) -> int:
        if kernel % 2 == 0:
            raise ValueError("must be odd, so that padding keeps the image's size")
        return kernel

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        features = self.channels[1] * self._area(input_shape)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["conv1"] = nn.Conv2d(input_shape[0], self.channels[0], self.kernel, padding=self.kernel // 2)
        layers |= self._pooled(1)
        layers["conv2"] = nn.Conv2d(*self.channels, self.kernel)
        layers |= self._pooled(2)
        layers["flatten"] = nn.Flatten()
        layers["hidden1"] = nn.Linear(features, self.hidden[0])
        layers["activation3"] = ACTIVATIONS[self.activation]()
        layers["hidden2"] = nn.Linear(*self.hidden)
        layers["activation4"] = ACTIVATIONS[self.activation]()
        layers["output"] = nn.Linear(self.hidden[1], output_size)
        return nn.Sequential(layers)

    def _pooled(self, number: int) -> OrderedDict[str, nn.Module]:
        """Activation and pooling. A maximum commutes with what never falls: pooled first, a quarter is activated."""
        activation = (f"activation{number}", ACTIVATIONS[self.activation]())
        pooling = (f"pool{number}", POOLINGS[self.pooling](2))
        commute = self.pooling == "max" and self.activation in ("relu", "tanh")
        return OrderedDict([pooling, activation] if commute else [activation, pooling])

    def _area(self, input_shape: tuple[int, ...]) -> int:
        """Pixels of one feature map after the second pooling."""
        if len(input_shape) != 3:
            raise InputError(f"needs images (channel, height, width), the task's inputs are {input_shape}")
        height, width = ((side // 2 - self.kernel + 1) // 2 for side in input_shape[1:])
        if height < 1 or width < 1:
            side = 2 * (self.kernel + 1)
            raise InputError(f"kernel = {self.kernel}: needs images of at least {side} × {side}; choose a smaller one")
        return height * width
