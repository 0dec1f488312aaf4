"""LeNet-5 and ResNet-20 against plain PyTorch written out here from the papers' description."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from traindyn.architectures.lenet import LeNet
from traindyn.architectures.resnet20 import ResNet20
from traindyn.config import Component, build_component
from traindyn.errors import InputError
from traindyn.tasks.digits import Digits
from traindyn.training.initialisation import skeleton


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def sizes(network):
    return {name: tuple(p.shape) for name, p in network.named_parameters()}


def test_lenet_is_the_usual_stack_of_layers():
    network = LeNet(activation="tanh", pooling="average").build((1, 28, 28), 10).double()
    plain = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    ).double()
    plain.load_state_dict(dict(zip(plain.state_dict(), network.state_dict().values(), strict=True)))
    inputs = torch.randn(4, 1, 28, 28, dtype=torch.float64)
    torch.testing.assert_close(network(inputs), plain(inputs), rtol=0, atol=1e-14)
    assert sum(p.numel() for p in network.parameters()) == 61_706


def test_small_lenet_fits_digits():
    network = skeleton(LeNet(kernel=3), Digits())
    assert sizes(network)["hidden1.weight"] == (120, 16)
    assert sum(p.numel() for p in network.parameters()) == 13_994
    assert [name for name in sizes(network) if name.endswith("weight")] == [
        *("conv1.weight", "conv2.weight", "hidden1.weight", "hidden2.weight", "output.weight")
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "lenet", "kernel": 4}, "kernel = 4: must be odd"),
        ({"name": "lenet", "channels": [6]}, "channels"),
        ({"name": "lenet", "pooling": "min"}, "pooling = 'min'"),
        ({"name": "resnet20", "width": 0}, "width = 0"),
    ],
)
def test_bad_options_are_one_line(options, message):
    with pytest.raises(InputError, match=message) as caught:
        build_component("architecture", Component(**options))
    assert "\n" not in str(caught.value)


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="needs images of at least 12 × 12"):
        LeNet().build((1, 8, 8), 10)
    assert LeNet().build((1, 12, 12), 10)(torch.zeros(1, 1, 12, 12)).shape == (1, 10)
    for architecture in (LeNet(), ResNet20()):
        with pytest.raises(InputError, match="needs images"):
            architecture.build((64,), 10)


def resnet20(weights, buffers, inputs, training):
    """He et al. 2016, section 4.2, layer by layer on named tensors."""

    def normalised(x, name):
        mean, variance = buffers[f"{name}.running_mean"], buffers[f"{name}.running_var"]
        return functional.batch_norm(x, mean, variance, weights[f"{name}.weight"], weights[f"{name}.bias"], training)

    x = torch.relu(normalised(functional.conv2d(inputs, weights["conv1.weight"], padding=1), "norm1"))
    for stage in (1, 2, 3):
        for block in (1, 2, 3):
            name, stride = f"stage{stage}.block{block}", 2 if stage > 1 and block == 1 else 1
            y = functional.conv2d(x, weights[f"{name}.conv1.weight"], stride=stride, padding=1)
            y = functional.conv2d(
                torch.relu(normalised(y, f"{name}.norm1")), weights[f"{name}.conv2.weight"], padding=1
            )
            y = normalised(y, f"{name}.norm2")
            if stride == 2:
                kept = x[:, :, ::2, ::2]
                x = torch.cat([kept, torch.zeros_like(kept)], dim=1)
            x = torch.relu(y + x)
    return x.mean(dim=(2, 3)) @ weights["output.weight"].T + weights["output.bias"]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("width", "shape"), [(16, (3, 32, 32)), (4, (1, 8, 8)), (2, (2, 9, 7))])
def test_resnet20_is_the_papers(width, shape, training):
    network = ResNet20(width=width).build(shape, 10).double().train(training)
    for buffer in filter(torch.is_floating_point, network.buffers()):
        buffer += torch.rand_like(buffer)
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    inputs = torch.randn(3, *shape, dtype=torch.float64)
    expected = resnet20(dict(network.named_parameters()), buffers, inputs, training)
    torch.testing.assert_close(network(inputs), expected, rtol=0, atol=1e-12)
    if width == 16:
        assert sum(p.numel() for p in network.parameters()) == 269_722


def test_resnet20_starts_as_he_et_al():
    """Normal with variance 2 / (9 · channels out): the sample deviation of 36,864 draws is good to 0.4 %."""
    weights = sizes(network := ResNet20().build((3, 32, 32), 10))
    assert len([name for name in weights if "conv" in name or name == "output.weight"]) == 20
    last = dict(network.named_parameters())["stage3.block3.conv2.weight"]
    assert last.std().item() == pytest.approx((2 / (9 * 64)) ** 0.5, rel=0.02)
