"""Changes sample by sample, the duality map and the equilibrium, against loops and difference quotients."""

import numpy as np
import pytest
import torch

from traindyn.architectures.lenet import LeNet
from traindyn.architectures.mlp import MLP
from traindyn.criticality.duality import along, duality, jacobian, points
from traindyn.criticality.equilibrium import moments
from traindyn.criticality.gradients import blocks, changes, sample_loss
from traindyn.tasks.digits import Digits
from traindyn.tasks.two_classes import TwoClasses
from traindyn.training.initialisation import random_network, skeleton

CASES = {
    "mlp": (MLP(hidden=[4, 3], activation="tanh"), Digits()),
    "lenet": (LeNet(kernel=3), Digits()),
    "plane": (MLP(hidden=[5], activation="softsign"), TwoClasses(inputs=3, levels=(-1.0, 1.0))),
}


@pytest.fixture(params=CASES, scope="module")
def case(request, tmp_path_factory):
    """Network, loss of a sample, weights, a few inputs and targets."""
    architecture, task = CASES[request.param]
    network = random_network(architecture, task, 0, 0).double()
    weights = torch.cat([p.detach().flatten() for p in network.parameters()])
    data = task.load(tmp_path_factory.mktemp("data"))
    return network, task, sample_loss(skeleton(architecture, task), task), weights, data


def some(data, count=6):
    return data.train_inputs[:count].double(), data.train_targets[:count]


def test_changes_are_gradients_of_single_samples(case):
    network, task, loss, weights, data = case
    inputs, targets = some(data)
    found = changes(loss, weights, inputs, targets)
    for x, t, dw in zip(inputs, targets, found, strict=True):
        network.zero_grad()
        task.loss(network(x[None]), t[None]).backward()
        expected = -torch.cat([p.grad.flatten() for p in network.parameters()])
        torch.testing.assert_close(dw, expected, rtol=1e-10, atol=1e-13)


def test_their_mean_is_the_gradient_of_the_mean_and_blocks_are_all_of_them(case, monkeypatch):
    network, task, loss, weights, data = case
    inputs, targets = some(data, 7)
    monkeypatch.setattr("traindyn.criticality.gradients.BLOCK_VALUES", 3 * len(weights))
    parts = list(blocks(loss, weights, inputs, targets))
    assert [own.stop - own.start for own, _ in parts] == [3, 3, 1]
    network.zero_grad()
    task.loss(network(inputs), targets).backward()
    expected = -torch.cat([p.grad.flatten() for p in network.parameters()])
    found = moments(dw for _, dw in parts)
    torch.testing.assert_close(found.mean, expected, rtol=1e-9, atol=1e-12)
    whole = changes(loss, weights, inputs, targets)
    torch.testing.assert_close(found.deviation, whole.std(0, correction=0), rtol=1e-9, atol=1e-12)


def test_the_ratio_of_an_equilibrium():
    """Mean (3, 4) with deviations (5, 12): 5 / 13; of one network whose changes balance, 0."""
    signs = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]).double()
    block = torch.tensor([3.0, 4]) + signs * torch.tensor([5.0, 12])
    assert moments([block[:1], block[1:]]).ratio == pytest.approx(5 / 13)
    assert moments([signs]).ratio == 0


def test_the_map_is_that_of_difference_quotients(case):
    _, _, loss, weights, data = case
    inputs, targets = some(data, 40)
    if not targets.is_floating_point():
        targets = targets % 3
    point = points(inputs, targets)[1]
    J = jacobian(loss, weights, point)
    assert J.shape == (len(weights), point.inputs.numel())
    generator, step = torch.Generator().manual_seed(0), 1e-5
    for _ in range(4):
        v = torch.randn(point.inputs.numel(), generator=generator).double()
        moved = point.inputs + torch.stack([step * v, -step * v]).view(2, *point.inputs.shape)
        ends = changes(loss, weights, moved, point.target.expand(2, *point.target.shape))
        torch.testing.assert_close(J @ v, (ends[0] - ends[1]) / (2 * step), rtol=1e-5, atol=1e-7)


def test_singular_vectors_pair_directions_of_inputs_and_weights(case):
    _, _, loss, weights, data = case
    point = points(*some(data))[0]
    found = duality(loss, weights, point, 2)
    J = jacobian(loss, weights, point)
    torch.testing.assert_close(J @ found.inputs, found.weights * found.values[:2], rtol=1e-8, atol=1e-10)
    assert (found.values[:-1] >= found.values[1:]).all()
    largest = found.inputs.gather(0, found.inputs.abs().argmax(0, keepdim=True))
    assert (largest > 0).all()


def test_the_one_dimensional_problem_is_a_cut_through_the_changes(case):
    _, _, loss, weights, data = case
    point = points(*some(data))[0]
    found = duality(loss, weights, point, 1)
    places = torch.linspace(-0.5, 0.5, 5).double()
    u, v = found.weights[:, 0], found.inputs[:, 0].view(point.inputs.shape)
    q, slope = along(loss, weights, point, u, v.flatten(), places)
    shape = (len(places), *point.target.shape)

    def cut(s):
        moved = point.inputs + s.view(-1, *[1] * v.ndim) * v
        return changes(loss, weights, moved, point.target.expand(shape)) @ u

    torch.testing.assert_close(q, cut(places), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(slope, (cut(places + 1e-6) - cut(places - 1e-6)) / 2e-6, rtol=1e-4, atol=1e-6)
    assert slope[2] == pytest.approx(float(found.values[0]), rel=1e-9)  # at x̄ the slope is the singular value


def test_points_are_classes_or_one_mean():
    inputs = torch.arange(12.0).view(6, 2)
    classes = points(inputs, torch.tensor([1, 0, 1, 0, 1, 1]))
    assert [p.samples.tolist() for p in classes] == [[1, 3], [0, 2, 4, 5]]
    torch.testing.assert_close(classes[0].inputs, inputs[[1, 3]].mean(0))
    many = torch.arange(80.0).view(40, 2)
    (one,) = points(many, many[:, :1])
    assert len(one.samples) == 40
    torch.testing.assert_close(one.target, many[:, :1].mean(0))


def test_two_classes_overlap_and_balance():
    task = TwoClasses(shift=2.0, spread=2.5, samples=500, levels=(-1.0, 1.0), loss_function="cross_entropy")
    data = task.load(None)
    high = data.train_targets[:, 0] > 0
    assert high.double().mean() == 0.5
    assert data.train_inputs[high].min() > -0.5
    assert data.train_inputs[high].min() < -0.4
    other = TwoClasses(shift=2.0, spread=2.5, samples=500).load(None)
    torch.testing.assert_close(other.train_inputs, data.train_inputs)  # the data are those of every loss and level
    outputs = torch.tensor([[0.5], [-0.2]]).double()
    expected = -(np.log(0.75) + np.log(0.6)) / 2
    assert float(task.loss(outputs, torch.tensor([[1.0], [-1.0]]))) == pytest.approx(expected)
    assert float(task.accuracy(outputs, torch.tensor([[1.0], [1.0]]))) == 0.5
