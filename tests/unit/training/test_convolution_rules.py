"""Convolutions and pooling of many networks: the numbers and gradients of torch's own."""

import numpy as np
import pytest
import torch
from torch.func import vmap
from torch.nn import functional

from traindyn.training.convolution import Convolution
from traindyn.training.pooling import MaxPooling
from traindyn.training.rules import EnsembleRules


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def assert_close(found, expected, tolerance=1e-12):
    np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=tolerance, atol=tolerance)


def ruled(function):
    def call(*arguments):
        with EnsembleRules():
            return function(*arguments)

    return call


def assert_equal_with_gradients(function, dims, tensors):
    found, expected = (vmap(call, in_dims=dims)(*tensors) for call in (ruled(function), function))
    assert_close(found, expected)
    probe = numbers(*expected.shape, seed=9)
    pairs = [torch.autograd.grad((outputs * probe).sum(), tensors) for outputs in (found, expected)]
    for one, other in zip(*pairs, strict=True):
        assert_close(one, other)


def samples_last(images):
    """The layout that the rules are made for; others are left to torch."""
    return images.movedim(-4, -1).contiguous().movedim(-1, -4)


def stacked(dims, *shapes):
    return [
        numbers(*([] if dim is None else [4]), *shape, seed=seed).requires_grad_()
        for seed, (dim, shape) in enumerate(zip(dims, shapes, strict=True))
    ]


@pytest.mark.parametrize("dims", [(0, 0, 0), (0, 0, None), (0, None, None), (None, 0, 0)])
@pytest.mark.parametrize(
    ("channels", "kernel", "options"),
    [
        (1, (3, 3), {"padding": 1}),
        (3, (5, 3), {"stride": (2, 3), "padding": (0, 2)}),
        (2, (1, 1), {"stride": 2}),
        (2, (2, 2), {}),
    ],
)
def test_convolution_equals_that_of_torch(dims, channels, kernel, options):
    tensors = stacked(dims, (5, channels, 9, 8), (3, channels, *kernel), (3,))
    assert_equal_with_gradients(lambda x, w, b: functional.conv2d(samples_last(x), w, b, **options), dims, tensors)


@pytest.mark.parametrize("options", [{"padding": "same"}, {"dilation": 2}, {"groups": 2}])
def test_other_convolutions_are_left_to_torch(monkeypatch, options):
    monkeypatch.setattr(Convolution, "apply", None)
    tensors = stacked((0, 0), (5, 2, 9, 8), (4, 2 // options.get("groups", 1), 3, 3))
    assert_equal_with_gradients(lambda x, w: functional.conv2d(samples_last(x), w, **options), (0, 0), tensors)


@pytest.mark.parametrize("layout", [samples_last, torch.Tensor.contiguous])
def test_images_in_another_layout_are_left_to_torch(monkeypatch, layout):
    taken = []
    for rule in (Convolution, MaxPooling):
        monkeypatch.setattr(
            rule, "apply", lambda *given, name=rule, apply=rule.apply: taken.append(name) or apply(*given)
        )
    call = ruled(lambda x, w: functional.max_pool2d(functional.conv2d(layout(x), w), 2))
    vmap(call)(numbers(4, 5, 2, 9, 8), numbers(4, 3, 2, 3, 3))
    assert set(taken) == ({Convolution, MaxPooling} if layout is samples_last else set())


@pytest.mark.parametrize("block", [2, (3, 2), (1, 4)])
def test_pooling_equals_that_of_torch(block):
    """Ties among them: of equal maxima the first gets the gradient. Sides that the blocks do not divide too."""
    images = numbers(4, 5, 3, 8, 9).mul(2).round().requires_grad_()
    assert_equal_with_gradients(lambda x: functional.max_pool2d(samples_last(x), block), (0,), [images])


@pytest.mark.parametrize("options", [{"stride": 1}, {"padding": 1}, {"dilation": 2}, {"ceil_mode": True}])
def test_other_pooling_is_left_to_torch(monkeypatch, options):
    monkeypatch.setattr(MaxPooling, "apply", None)
    images = stacked((0,), (5, 3, 8, 9))
    assert_equal_with_gradients(lambda x: functional.max_pool2d(samples_last(x), 2, **options), (0,), images)


def test_a_pixel_that_is_no_number_gets_through_pooling():
    images = numbers(2, 5, 3, 4, 4)
    images[0, 0, 0, 1, 0] = torch.nan
    images.requires_grad_()
    outputs = vmap(ruled(lambda x: functional.max_pool2d(samples_last(x), 2)))(images)
    assert outputs.isnan().sum() == 1
    (gradient,) = torch.autograd.grad((outputs * outputs).sum(), images)
    assert gradient[0, 0, 0, :2, :2].isnan().any()
    assert gradient.isnan().sum() == gradient[0, 0, 0, :2, :2].isnan().sum()


@pytest.mark.parametrize("own", [False, True])
def test_two_convolutions_of_seeds_and_replicas_equal_those_of_single_networks(own):
    seeds, replicas = 2, 3
    inputs = numbers(seeds, 5, 1, 12, 12) if own else numbers(5, 1, 12, 12)
    first, second = numbers(seeds, replicas, 3, 1, 3, 3), numbers(seeds, replicas, 2, 3, 3, 3, seed=1)
    weights = [first.requires_grad_(), second.requires_grad_()]

    def network(x, one, two):
        hidden = functional.max_pool2d(functional.conv2d(samples_last(x), one, padding=1), 2).relu()
        return functional.conv2d(hidden, two).square().sum()

    found = vmap(vmap(ruled(network), in_dims=(None, 0, 0)), in_dims=(0 if own else None, 0, 0))(inputs, *weights)
    gradients = torch.autograd.grad(found.sum(), weights)
    for seed in range(seeds):
        for replica in range(replicas):
            single = [w[seed, replica].detach().requires_grad_() for w in weights]
            loss = network(inputs[seed] if own else inputs, *single)
            assert_close(found[seed, replica], loss)
            for whole, one in zip(gradients, torch.autograd.grad(loss, single), strict=True):
                assert_close(whole[seed, replica], one, 1e-11)
