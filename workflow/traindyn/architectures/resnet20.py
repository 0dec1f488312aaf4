"""ResNet-20 for small images."""

from collections import OrderedDict

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional

from traindyn.architectures.base import Architecture
from traindyn.errors import InputError

STAGES, BLOCKS = 3, 3  # 6·3 + 2 = 20 weighted layers


class _Block(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut without weights (option A)."""

    def __init__(self, wide_in: int, wide_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _convolution(wide_in, wide_out, stride)
        self.norm1 = nn.BatchNorm2d(wide_out)
        self.conv2 = _convolution(wide_out, wide_out, 1)
        self.norm2 = nn.BatchNorm2d(wide_out)
        self.stride, self.added = stride, wide_out - wide_in

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        inner = torch.relu(self.norm1(self.conv1(inputs)))
        return torch.relu(self.norm2(self.conv2(inner)) + self._shortcut(inputs))

    def _shortcut(self, inputs: torch.Tensor) -> torch.Tensor:
        """Every second pixel, and zeros for the new channels."""
        if self.stride == 1:
            return inputs
        return functional.pad(inputs[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.added))


class ResNet20(Architecture):
    """ResNet-20 of He et al. 2016 for CIFAR-10: `conv1`, `norm1`, `stage1.block1.conv1`, …, `output`.

    Three stages of three blocks with `width`, 2·width and 4·width channels, batch normalisation, shortcuts without
    weights (option A), global average pooling: 269,722 weights at width 16 on colour images. Convolutions start
    normal with variance 2 / fan-out (He et al. 2015), the last layer as PyTorch starts it.
    """

    width: int = Field(16, ge=1, description="channels of the first stage (16 in the paper)")

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        if len(input_shape) != 3:
            raise InputError(f"needs images (channel, height, width), the task's inputs are {input_shape}")
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["conv1"] = _convolution(input_shape[0], self.width, 1)
        layers["norm1"], layers["activation1"] = nn.BatchNorm2d(self.width), nn.ReLU()
        for stage in range(STAGES):
            layers[f"stage{stage + 1}"] = _stage(self.width * 2**stage, first=stage == 0)
        layers["pool"], layers["flatten"] = nn.AdaptiveAvgPool2d(1), nn.Flatten()
        layers["output"] = nn.Linear(self.width * 2 ** (STAGES - 1), output_size)
        return nn.Sequential(layers)


def _stage(width: int, *, first: bool) -> nn.Module:
    """Blocks of one width; all stages but the first begin by halving the image and doubling the channels."""
    start = _Block(width, width, 1) if first else _Block(width // 2, width, 2)
    rest = [_Block(width, width, 1) for _ in range(BLOCKS - 1)]
    return nn.Sequential(OrderedDict((f"block{i}", block) for i, block in enumerate([start, *rest], start=1)))


def _convolution(wide_in: int, wide_out: int, stride: int) -> nn.Conv2d:
    convolution = nn.Conv2d(wide_in, wide_out, 3, stride=stride, padding=1, bias=False)
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return convolution
