"""Linear layers of many networks on the same inputs: one product, and the numbers of one layer after the other."""

import pytest
import torch
from torch.func import vmap
from torch.nn import functional

from traindyn.training.rules import EnsembleRules


def layers(inputs, weight, bias):
    with EnsembleRules():
        hidden = functional.linear(inputs, weight, bias).relu()
        return functional.linear(hidden, weight[:, :4].mT).square().sum()


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("own", [False, True])
def test_two_layers_and_their_gradients_equal_those_of_single_networks(own):
    seeds, replicas = 3, 2
    inputs = numbers(seeds, 7, 5, seed=1) if own else numbers(7, 5, seed=1)
    weight, bias = numbers(seeds, replicas, 6, 5).requires_grad_(), numbers(seeds, replicas, 6, seed=2).requires_grad_()
    data = 0 if own else None
    found = vmap(vmap(layers, in_dims=(None, 0, 0)), in_dims=(data, 0, 0))(inputs, weight, bias)
    gradients = torch.autograd.grad(found.sum(), (weight, bias))
    for seed in range(seeds):
        for replica in range(replicas):
            one = [tensor[seed, replica].detach().requires_grad_() for tensor in (weight, bias)]
            x = inputs[seed] if own else inputs
            hidden = (x @ one[0].T + one[1]).relu()
            loss = (hidden @ one[0][:, :4]).square().sum()
            torch.testing.assert_close(found[seed, replica], loss, rtol=1e-12, atol=0)
            for whole, single in zip(gradients, torch.autograd.grad(loss, one), strict=True):
                torch.testing.assert_close(whole[seed, replica], single, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("own", [False, True])
def test_inputs_are_not_repeated_for_each_network(own):
    seeds, replicas, samples, width = 4, 50, 64, 128
    inputs = numbers(seeds, samples, width) if own else numbers(samples, width)
    weight = numbers(seeds, replicas, 1, width)
    allocated = []

    class Sizes(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            found = func(*args, **(kwargs or {}))
            if isinstance(found, torch.Tensor):
                allocated.append(found.untyped_storage().nbytes() // 8)
            return found

    def product(x, w):
        with EnsembleRules():
            return functional.linear(x, w)

    with Sizes():
        vmap(vmap(product, in_dims=(None, 0)), in_dims=(0 if own else None, 0))(inputs, weight)
    assert max(allocated) <= max(inputs.numel(), weight.numel(), seeds * replicas * samples)


@pytest.mark.parametrize("shape", [(7, 5), (5,), (2, 3, 5)])
@pytest.mark.parametrize("dims", [(0, 0, 0), (0, 0, None), (0, None, None), (None, 0, 0)])
def test_linear_layer_equals_that_of_torch(shape, dims):
    """Inputs of any rank; inputs, weights or biases that are the networks' own or shared; all gradients."""
    shapes = [shape, (6, 5), (6,)]
    tensors = [
        numbers(*([] if dim is None else [4]), *size, seed=i).requires_grad_()
        for i, (size, dim) in enumerate(zip(shapes, dims, strict=True))
    ]

    def ruled(*arguments):
        with EnsembleRules():
            return functional.linear(*arguments)

    found, expected = (vmap(call, in_dims=dims)(*tensors) for call in (ruled, functional.linear))
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    probe = numbers(*expected.shape, seed=9)
    pairs = [torch.autograd.grad((outputs * probe).sum(), tensors) for outputs in (found, expected)]
    for one, other in zip(*pairs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_gradients_lie_in_memory_as_the_weights_do():
    inputs, weight = numbers(3, 7, 5), numbers(3, 2, 6, 5).requires_grad_()
    outputs = vmap(vmap(layers, in_dims=(None, 0, None)), in_dims=(0, 0, None))(inputs, weight, numbers(6))
    assert torch.autograd.grad(outputs.sum(), weight)[0].stride() == weight.stride()
