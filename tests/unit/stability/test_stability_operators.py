"""Tangent operators: the step's own derivative, the closed form of three layers, and exponents known in closed form."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from traindyn.config import Component, build_component
from traindyn.errors import InputError
from traindyn.optimizers.base import Optimizer
from traindyn.stability.hessian import gradients, hessian_products
from traindyn.stability.lyapunov import positive_qr, stretches
from traindyn.stability.step_map import StepMap
from traindyn.stability.three_layer import ThreeLayer, derivatives, hessian, tangent_operator
from traindyn.training.step import take_step

OPTIMIZERS = [
    {"name": "sgd", "lr": 0.05, "weight_decay": 0.1},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "dampening": 0.5},
    {"name": "adam", "lr": 0.05, "weight_decay": 0.1},
    {"name": "adamw", "lr": 0.05, "weight_decay": 0.1},
    {"name": "rmsprop", "lr": 0.05, "momentum": 0.5},
    {"name": "mirror_descent", "lr": 0.05, "mirror": "log_barrier", "lower": 0.01, "upper": 9.0},
    {"name": "mirror_descent", "lr": 0.05, "mirror": "entropy", "lower": 0.01, "upper": 9.0},
    {"name": "norm_constrained", "lr": 0.05, "weight_decay": 0.1},
]


def losses(weights):
    """A loss (seed, replica) that mixes all weights of a network, and no others."""
    a, b = weights
    return a.sin().sum((-1, -2)) * b.sum(-1) + (a**4).sum((-1, -2)) + 0.3 * (b**2).sum(-1)


def start(plan, steps):
    """Weights (seed, replica, *shape) trained for some steps, and the optimizer that did it."""
    generator = torch.Generator().manual_seed(3)
    weights = [
        nn.Parameter(0.3 + torch.rand(shape, generator=generator, dtype=torch.float64))
        for shape in ((2, 3, 2, 2), (2, 3, 3))
    ]
    optimizer = plan.build(weights)
    for _ in range(steps):
        advance(optimizer, weights)
    return optimizer, weights


def advance(optimizer, weights):
    loss = losses(weights)
    for weight, slope in zip(weights, torch.autograd.grad(loss.sum(), weights), strict=True):
        weight.grad = slope
    take_step(optimizer, loss.detach())


def moved(plan, map_, optimizer, weights, direction, size):
    """The next point of a twin whose point is moved by size · direction."""
    twin_weights = [nn.Parameter(w.detach().clone()) for w in weights]
    twin = plan.build([nn.Parameter(w.detach().clone()) for w in weights])
    twin.param_groups[0]["params"] = twin_weights
    twin.state.clear()
    for old, new in zip(weights, twin_weights, strict=True):
        state = optimizer.state.get(old, {})
        if state:
            twin.state[new] = {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in state.items()}
    place = 0
    with torch.no_grad():
        for part in map_.parts:
            step = direction[..., place : place + part.size].reshape(*direction.shape[:2], *part.shape)
            place += part.size
            if part.key is None:
                twin_weights[part.weight].add_(size * step)
            elif twin_weights[part.weight] in twin.state:
                twin.state[twin_weights[part.weight]][part.key].add_(size * step)
    advance(twin, twin_weights)
    return map_.point(twin).detach()


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("options", OPTIMIZERS, ids=lambda o: "-".join(map(str, o.values())))
def test_the_tangent_of_every_optimizers_step_is_that_of_differences(options, steps):
    plan = build_component("optimizer", Component(**options))
    optimizer, weights = start(plan, steps)
    loss = losses(weights)
    slopes = gradients(loss, weights)
    map_ = StepMap(plan, weights, [s.detach() for s in slopes])
    size = sum(part.size for part in map_.parts)
    generator = torch.Generator().manual_seed(1)
    columns = torch.randn((4, 2, 3, size), generator=generator, dtype=torch.float64)
    if steps == 0:
        columns[..., map_.weights :] = 0  # no state yet
    parts = [columns[..., :4].reshape(4, 2, 3, 2, 2), columns[..., 4:7]]
    products = hessian_products(slopes, weights, parts, together=True)
    found = map_.tangents(optimizer, [s.detach() for s in slopes], loss.detach(), columns, products)
    before = map_.point(optimizer).detach().clone()
    for column, tangent in zip(columns, found, strict=True):
        ahead, behind = (moved(plan, map_, optimizer, weights, column, s) for s in (1e-6, -1e-6))
        np.testing.assert_allclose(tangent, (ahead - behind) / 2e-6, atol=2e-6, rtol=2e-6)
    assert torch.equal(map_.point(optimizer), before)  # the optimizer itself has not moved


def test_columns_one_by_one_are_columns_together():
    plan = build_component("optimizer", Component(name="sgd", lr=0.1))
    _, weights = start(plan, 0)
    slopes = gradients(losses(weights), weights)
    parts = [torch.randn(3, *w.shape, dtype=torch.float64) for w in weights]
    together, singly = (hessian_products(slopes, weights, parts, together=t) for t in (True, False))
    for a, b in zip(together, singly, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-14, rtol=0)


class _Untraceable(torch.optim.Optimizer):
    """Its step has an operation without a forward-mode derivative."""

    def __init__(self, parameters):
        super().__init__(parameters, {})

    @torch.no_grad()
    def step(self, closure=None):
        for weight in self.param_groups[0]["params"]:
            weight.sub_(
                torch.nn.functional.ctc_loss(
                    weight.flatten().expand(2, 1, -1).log_softmax(-1),
                    torch.ones(1, 1, dtype=torch.int64),
                    torch.tensor([2]),
                    torch.tensor([1]),
                )
            )


class Untraceable(Optimizer):
    """A plan of it."""

    def build(self, parameters):
        return _Untraceable(parameters)


def test_a_step_without_a_derivative_is_refused_in_one_line():
    plan = Untraceable()
    weights = [nn.Parameter(torch.rand(1, 1, 3, dtype=torch.float64))]
    slopes = [torch.rand(1, 1, 3, dtype=torch.float64)]
    map_ = StepMap(plan, weights, slopes)
    columns = torch.rand(2, 1, 1, 3, dtype=torch.float64)
    with pytest.raises(InputError, match="Untraceable: its step cannot be differentiated"):
        map_.tangents(plan.build(weights), slopes, torch.zeros(1, 1), columns, [columns])


def exponents(plan, loss_of, start_at, steps, columns, first=0):
    """ln r_ii (step, column) from step `first` on, of one network of weights (n,) under a loss of these weights."""
    weight = nn.Parameter(torch.as_tensor(start_at, dtype=torch.float64)[None, None])
    optimizer = plan.build([weight])
    map_, Q, rows = None, None, []
    for step in range(steps):
        loss = loss_of(weight)
        slopes = gradients(loss, [weight])
        plain = [s.detach() for s in slopes]
        if step == first:
            map_ = StepMap(plan, [weight], plain)
            size = sum(part.size for part in map_.parts)
            Q = positive_qr(
                torch.randn(size, columns, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
            )[0]
        if map_ is not None:
            P = Q.T[:, None, None]
            products = hessian_products(slopes, [weight], [P[..., : map_.weights]], together=True)
            A = map_.tangents(optimizer, plain, loss.detach(), P, products)[:, 0, 0].T
            Q, R = positive_qr(A)
            rows.append(stretches(R))
        weight.grad = plain[0]
        take_step(optimizer, loss.detach())
    return torch.stack(rows)


H = (0.5, 3.0, 12.0)


def quadratic(weight):
    return 0.5 * (torch.tensor(H, dtype=torch.float64) * weight**2).sum(-1)


def test_gradient_descent_on_a_quadratic():
    """ln|1 − ηh_i|."""
    plan = build_component("optimizer", Component(name="sgd", lr=0.1))
    found = exponents(plan, quadratic, [1.0, 1.0, 1.0], 500, 3)[-1]
    expected = sorted((math.log(abs(1 - 0.1 * h)) for h in H), reverse=True)
    assert found.tolist() == pytest.approx(expected, abs=1e-12)


def test_momentum_on_a_quadratic():
    """(w, b) → (w − ηb', b' = βb + hw): eigenvalues μ² − (1 + β − ηh)μ + β = 0, two for each h."""
    lr, beta = 0.01, 0.3
    plan = build_component("optimizer", Component(name="sgd", lr=lr, momentum=beta))
    found = exponents(plan, quadratic, [1.0, 1.0, 1.0], 3000, 6, first=1)[-1]
    expected = []
    for h in H:
        middle = (1 + beta - lr * h) / 2
        root = math.sqrt(middle**2 - beta)  # real for these h
        expected += [math.log(middle + root), math.log(middle - root)]
    assert found.tolist() == pytest.approx(sorted(expected, reverse=True), abs=1e-10)


def scalar(weight):
    """½(w₂w₁x − y)², x = y = 1."""
    return 0.5 * (weight.prod(-1) - 1) ** 2


def test_two_scalar_layers():
    """Gradient descent ends on the curve of minima: exponents 0 and ln(1 − η(w₁² + w₂²)) there."""
    plan = build_component("optimizer", Component(name="sgd", lr=0.1))
    found = exponents(plan, scalar, [0.5, 1.2], 1500, 2)
    assert found[-1].tolist() == pytest.approx([0, -0.264536], abs=1e-6)


def network(bias: bool, outputs: int = 2):
    """Stacked networks (2, 3) with 3 inputs and 4 hidden units, data of each."""
    generator = torch.Generator().manual_seed(5)
    rand = lambda *shape: torch.randn(2, 3, *shape, generator=generator, dtype=torch.float64)  # noqa: E731
    layers = ThreeLayer(
        rand(4, 3),
        rand(4) if bias else None,
        rand(outputs, 4),
        rand(outputs) if bias else None,
        torch.tanh,
        functional.softplus,
    )
    return layers, rand(6, 3), rand(6, outputs)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", [torch.tanh, torch.sigmoid, functional.softplus, functional.gelu, torch.sin])
def test_the_closed_form_is_that_of_jacobian_vector_products(bias, activation):
    layers, inputs, targets = network(bias)
    layers = layers._replace(activation=activation)
    weights = [nn.Parameter(w) for w in layers[:4] if w is not None]
    tensors = iter(weights)
    own = ThreeLayer(*(None if w is None else next(tensors) for w in layers[:4]), *layers[4:])
    hidden = inputs @ own.hidden.mT + (own.hidden_bias.unsqueeze(-2) if bias else 0)
    outputs = activation(hidden) @ own.output.mT + (own.output_bias.unsqueeze(-2) if bias else 0)
    loss = 0.5 * ((functional.softplus(outputs) - targets) ** 2).sum(-1).mean(-1)
    plan = build_component("optimizer", Component(name="sgd", lr=0.2))
    optimizer = plan.build(weights)
    slopes = gradients(loss, weights)
    plain = [s.detach() for s in slopes]
    map_ = StepMap(plan, weights, plain)
    size = map_.weights
    columns = torch.eye(size, dtype=torch.float64)[:, None, None].expand(size, 2, 3, size)
    shapes = [w.shape[2:] for w in weights]
    parts = [
        piece.reshape(size, 2, 3, *shape)
        for piece, shape in zip(columns.split([s.numel() for s in shapes], dim=-1), shapes, strict=True)
    ]
    products = hessian_products(slopes, weights, parts, together=True)
    found = map_.tangents(optimizer, plain, loss.detach(), columns, products).movedim(0, -1)
    expected = tangent_operator(layers, inputs, targets, 0.2)
    np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


def test_the_closed_form_is_symmetric():
    H = hessian(*network(bias=True))
    np.testing.assert_allclose(H, H.mT, atol=1e-13, rtol=0)


def test_derivatives_of_tanh():
    z = torch.linspace(-3, 3, 7, dtype=torch.float64)
    value, first, second = derivatives(torch.tanh, z)
    np.testing.assert_allclose(value, z.tanh(), rtol=1e-12)
    np.testing.assert_allclose(first, 1 - z.tanh() ** 2, rtol=1e-12)
    np.testing.assert_allclose(second, -2 * z.tanh() * (1 - z.tanh() ** 2), rtol=1e-12)
